/* composer.h: writes a piece of music, bar by bar, for a mood that may change on the way.
 *
 * The network proposes tokens; the token grammar and a few rules of form constrain them: a piece
 * begins at once, has no long gaps, and with a given length it ends with the language's countdown
 * or closing, its last notes ringing until they are released at the end. Unspecified properties
 * (mode, tonic, grid, meter, tempo) are chosen by the network for the mood.
 *
 * For a file: composer_begin with a length, composer_advance until it returns 0, composer_tokens.
 * For live use: composer_begin without a length; composer_advance whenever composer_time is not far
 * enough ahead of the playhead, and play composer_notes; composer_set_mood at any time, which takes
 * effect with the next advance; composer_close to end. The mode cannot change within a piece; after
 * a large change of mood, begin another one at the bar line, with the same tonic.
 *
 * The first seconds vary a lot by chance, and a piece keeps its initial texture. So several
 * openings are drawn, and the piece continues from the one that fits its mood best
 * (compose/write/opening.h).
 *
 * The i-th token of a piece is drawn with the i-th random number of its seed and the opening's
 * number: the same settings and moods give the same piece for any number of threads. After
 * composer_begin only the growing token list allocates. */
#ifndef COMPOSE_WRITE_COMPOSER_H
#define COMPOSE_WRITE_COMPOSER_H

#include "compose/write/mood.h"
#include "compose/write/opening.h"
#include "compose/write/sampler.h"
#include "datasets/music/music_tokens.h"
#include "infer/music/music_model.h"

enum { COMPOSER_FREE = -1 }; /* left to the network */

typedef struct ComposerSettings {
    SamplerSettings sampler;
    uint64_t seed;
    int openings;   /* to choose from, 0 or 1 to take the first; not used with a prime */
    int genre;      /* of the model's genres, 0 = unknown */
    int grid;       /* 0 metric, 1 performed, or COMPOSER_FREE, as the next three */
    int mode;       /* 0 major, 1 minor */
    int tonic;      /* pitch class */
    int meter;      /* index into music_meters; implies the metric grid */
    double tempo;   /* quarter notes per minute, 0 = free; implies the metric grid */
    double seconds; /* length, 0 = none: continues until composer_close */
    int bars;       /* length in bars, 0 = none; implies the metric grid */
    double span;    /* most seconds to write at a time, 0 = as in composer_advance */
    const uint16_t
        *prime; /* (prime_count) a piece to continue, from its `start`, without countdown, closing
                   and `end`; NULL for none. It counts toward the length, and sets grid, mode,
                   tonic, meter and tempo. Only read by composer_begin */
    int prime_count;
} ComposerSettings;

/* Everything left to the network, without a length, OPENINGS_DEFAULT openings. */
extern const ComposerSettings composer_defaults;

typedef struct ComposerNote {
    double start, end; /* seconds since the beginning of the piece */
    uint8_t pitch, velocity;
    uint8_t channel; /* 0 … 15 */
    uint8_t program; /* General MIDI counted from 1, 0: whatever the player has */
} ComposerNote;

typedef struct Composer Composer;

/* The model must outlive it. Free with composer_destroy. */
Composer *composer_create(const MusicModel *model, Error *error);
void composer_destroy(Composer *composer);

/* Begins another piece: writes its openings, and returns positioned at the start of the best. Fails
 * when the prime breaks the grammar or is as long as the whole piece. */
int composer_begin(Composer *composer, const ComposerSettings *settings, Mood mood,
                   Error *error) MUST_CHECK;

void composer_set_mood(Composer *composer, Mood mood);

/* Ends a piece without a length: from the next bar on it counts down (metric, four bars), or closes
 * within about 5 seconds (performed). */
void composer_close(Composer *composer);

/* Writes up to the next bar line (performed: about 2 seconds), or less: to the first onset that is
 * the settings' span ahead. Returns 1, or 0 when the piece had ended and nothing was written, or
 * -1. */
int composer_advance(Composer *composer, Error *error) MUST_CHECK;

/* The notes that begin in the part written by the last advance, by start; those of a prime come
 * with the first. Valid until the next advance or begin. */
const ComposerNote *composer_notes(const Composer *composer, int *count);

/* Seconds up to which all note onsets are written: a bar line, the first onset after a span, or the
 * end of the piece with its last note released. */
double composer_time(const Composer *composer);
/* Whether something else can begin there: between bars, or anywhere without a grid. */
bool composer_at_bar(const Composer *composer);

/* The piece so far. Valid until the next advance or begin. */
const uint16_t *composer_tokens(const Composer *composer, int *count);
/* Its current tonic, mode, meter, tempo, bars … */
const MusicState *composer_state(const Composer *composer);

#endif
