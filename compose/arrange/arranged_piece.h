/* arranged_piece.h: a whole piece in two stages: a plan and its lead sheet, then an arrangement.
 *
 * Several whole pieces are drawn and the best is kept: by the network's likelihood of its sheet, by
 * form (datasets/measures/music_form.h: themes return, harmony changes as often as in real music)
 * and by playability. */
#ifndef COMPOSE_ARRANGE_ARRANGED_PIECE_H
#define COMPOSE_ARRANGE_ARRANGED_PIECE_H

#include "compose/arrange/arranger.h"
#include "compose/arrange/given_melody.h"
#include "compose/arrange/given_prime.h"
#include "compose/write/sampler.h"
#include "infer/music/lead_model.h"

enum {
    ARRANGED_FREE = -1,
    ARRANGED_CANDIDATES = 4,
    ARRANGED_MOST_CANDIDATES = 64,
    ARRANGED_SHORTEST_LOOP = 2 /* bars */
};

typedef struct ArrangedSettings {
    SamplerSettings sampler;
    uint64_t seed;
    Cues cues;         /* of the feeling that the piece begins with */
    MoodPolicy policy; /* MOOD_REGULATE leads from there on: tempo, mode and all cues follow */
    Mood felt;         /* for that, and for … */
    MoodTaste taste;   /* … this listener; where it is not plain, the cues come from the mood */
    Ensemble ensemble;
    int candidates; /* whole pieces to choose from */
    int genre;      /* index into lead_styles, or ARRANGED_FREE: pop as a pianist performs it */
    int mode;       /* 0 major, 1 minor, or ARRANGED_FREE, as the next */
    int tonic;      /* pitch class */
    LeadMeter meter;
    double tempo;   /* quarter notes per minute, 0 = from the cues */
    double seconds; /* length, or */
    int bars;       /* in bars */
    int program;    /* of the melody, -1 = the ensemble's */
    bool loops;     /* a section that begins again when it is over: it does not end */
    /* Either of the two brings meter, mode, tonic and tempo; NULL for none. */
    const GivenPrime *prime;   /* is continued: its melody and chords are the first bars */
    const GivenMelody *melody; /* is accompanied: it stays as it is, and as long */
} ArrangedSettings;

/* For a piano, with everything else free; the caller sets sampler, seed, cues, mood and length.
 */
extern const ArrangedSettings arranged_defaults;

typedef struct ArrangedPiece {
    Song *song;
    LeadSheet sheet;
    Plan plan;
    ArrangementBar *bars; /* (n_bars) how each is played */
    int tonic;
    double loop; /* of one that loops, seconds */
} ArrangedPiece;

/* Composes a piece (free with arranged_piece_free). Fails where it would be longer than
 * PLAN_MOST_BARS, where a loop would be shorter than ARRANGED_SHORTEST_LOOP, and where a prime is
 * as long as the piece. The same settings give the same piece for any number of threads. */
int arranged_piece_compose(const LeadModel *model, const ArrangedSettings *settings,
                           ArrangedPiece *piece, Error *error) MUST_CHECK;
void arranged_piece_free(ArrangedPiece *piece);
/* Frees all but the song, which is the caller's then. */
Song *arranged_piece_take_song(ArrangedPiece *piece);

#endif
