/* composer.h: writes a piece of music, bar by bar, under a mood that may change on the way.
 *
 * The network proposes, the grammar of the tokens and a few rules of form dispose: a piece begins
 * at once, has no long holes, and where it is given a length it ends with the countdown or the
 * closing that the language has for it, its last notes let ring and released at the end. What is
 * not asked for (mode, tonic, grid, meter, tempo) the network chooses under the mood.
 *
 * For a file: composer_begin with a length, composer_advance until it returns 0, composer_tokens.
 * For live use: composer_begin without a length; composer_advance whenever composer_time is less
 * than a little ahead of the playhead, and play composer_notes; composer_set_mood at any time,
 * which takes effect with the next advance; composer_close to end. The mode cannot change within a
 * piece; where the mood has moved far, begin another one at the bar line, with the same tonic.
 *
 * Chance decides much in the first seconds, and a piece keeps the texture that it begins with. So
 * several openings are drawn, and the piece goes on from the one that suits its mood best
 * (compose/write/opening.h).
 *
 * The i-th token of a piece is drawn with the i-th random number of its seed and the opening's
 * number: the same settings and moods give the same piece for any number of threads. After
 * composer_begin only the growth of the list of tokens allocates. */
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
    int openings;   /* to choose from, 0 or 1 to take the first; a prime is an opening already */
    int genre;      /* of the model's genres, 0 = unknown */
    int grid;       /* 0 metric, 1 performed, or COMPOSER_FREE, as the next three */
    int mode;       /* 0 major, 1 minor */
    int tonic;      /* pitch class */
    int meter;      /* index into music_meters; asks for the metric grid */
    double tempo;   /* quarter notes a minute, 0 = free; asks for the metric grid */
    double seconds; /* length, 0 = none: goes on until composer_close */
    int bars;       /* length in bars, 0 = none; asks for the metric grid */
    double span;    /* seconds that are written at a time at most, 0 = as composer_advance says */
    const uint16_t
        *prime; /* (prime_count) a piece to continue, from its `start`, without countdown,
                   closing and `end`; NULL for none. It is part of the length, and grid,
                   mode, tonic, meter and tempo are its own. Only read by composer_begin */
    int prime_count;
} ComposerSettings;

/* Everything left to the network, no length, OPENINGS_DEFAULT openings. */
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

/* Begins another piece: writes its openings, and returns at the start of the best. Fails when the
 * prime breaks the grammar or is as long as the whole piece.
 */
int composer_begin(Composer *composer, const ComposerSettings *settings, Mood mood,
                   Error *error) MUST_CHECK;

void composer_set_mood(Composer *composer, Mood mood);

/* Ends a piece without a length: from the next bar on it counts down (metric, four bars), or closes
 * within some 5 seconds (performed). */
void composer_close(Composer *composer);

/* Writes on to the next bar line (performed: by some 2 seconds), or less far: to the first onset
 * that lies the settings' span ahead. Returns 1, or 0 when the piece had ended and nothing was
 * written, or -1. */
int composer_advance(Composer *composer, Error *error) MUST_CHECK;

/* The notes that begin in what the last advance wrote, by start; those of a prime come with the
 * first. Valid until the next advance or begin. */
const ComposerNote *composer_notes(const Composer *composer, int *count);

/* Seconds up to which all beginnings of notes are written: a bar line, the first onset after a
 * span, or the end of the piece with its last note released. */
double composer_time(const Composer *composer);
/* Whether that is a place to begin something else: between bars, or anywhere off the grid. */
bool composer_at_bar(const Composer *composer);

/* The piece so far. Valid until the next advance or begin. */
const uint16_t *composer_tokens(const Composer *composer, int *count);
/* What it has said of itself: tonic, mode, meter, tempo, bars … */
const MusicState *composer_state(const Composer *composer);

#endif
