/* arranged_piece.h: a whole piece in two stages: a plan and its lead sheet, then an arrangement.
 *
 * Several whole pieces are drawn and the best kept: by the network's own likelihood of its sheet,
 * by form (datasets/music/music_form.h: that themes return, that harmony moves as often as in real
 * music) and by what hands can play. */
#ifndef COMPOSE_ARRANGE_ARRANGED_PIECE_H
#define COMPOSE_ARRANGE_ARRANGED_PIECE_H

#include "compose/arrange/arranger.h"
#include "compose/write/sampler.h"
#include "infer/music/lead_model.h"

enum { ARRANGED_FREE = -1, ARRANGED_CANDIDATES = 4, ARRANGED_MOST_CANDIDATES = 64 };

typedef struct ArrangedSettings {
    SamplerSettings sampler;
    uint64_t seed;
    Cues cues;
    Ensemble ensemble;
    int candidates; /* whole pieces to choose from */
    int style;      /* index into lead_styles, or ARRANGED_FREE */
    int mode;       /* 0 major, 1 minor, or ARRANGED_FREE, as the next */
    int tonic;      /* pitch class */
    LeadMeter meter;
    double tempo;   /* quarter notes a minute, 0 = the cues' */
    double seconds; /* length, or */
    int bars;       /* in bars */
    int program;    /* of the melody, -1 = the ensemble's */
} ArrangedSettings;

typedef struct ArrangedPiece {
    Song *song;
    LeadSheet sheet;
    Plan plan;
    int tonic;
    double tempo;
} ArrangedPiece;

/* Composes a piece (free with arranged_piece_free). Fails where it would be longer than
 * PLAN_MOST_BARS. The same settings give the same piece for any number of threads. */
int arranged_piece_compose(const LeadModel *model, const ArrangedSettings *settings,
                           ArrangedPiece *piece, Error *error) MUST_CHECK;
void arranged_piece_free(ArrangedPiece *piece);

#endif
