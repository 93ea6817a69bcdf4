/* live_arranged.h: arranged music without an end, beat by beat.
 *
 * The form and the melody of a piece are written a section ahead (compose/arrange/lead_writer.h);
 * how they are played is decided with each beat: accompaniment, register, loudness, tempo and mode
 * are the cues' of that moment. So a change of mood is heard with the next beat, and the theme
 * survives it; sections that are written later are written for the mood of their time. */
#ifndef COMPOSE_LIVE_LIVE_ARRANGED_H
#define COMPOSE_LIVE_LIVE_ARRANGED_H

#include "compose/arrange/arranger.h"
#include "compose/write/composer.h"
#include "infer/music/lead_model.h"

typedef struct LiveArrangedSettings {
    SamplerSettings sampler;
    Ensemble ensemble;
    int style;    /* index into lead_styles */
    double tempo; /* quarter notes a minute, 0: the cues' */
} LiveArrangedSettings;

/* Where the music stands. */
typedef struct LiveArrangedState {
    int section; /* of the piece, from 1 */
    int tonic;   /* pitch class */
    bool minor;
    double tempo;
    bool at_bar; /* the next beat begins a bar */
    bool over;   /* the piece has ended */
} LiveArrangedState;

typedef struct LiveArranged LiveArranged;

/* The model must outlive it. Free with live_arranged_destroy. */
LiveArranged *live_arranged_create(const LeadModel *model, const LiveArrangedSettings *settings,
                                   Error *error);
void live_arranged_destroy(LiveArranged *arranged);

/* Begins a piece of about so many seconds. */
int live_arranged_begin(LiveArranged *arranged, uint64_t seed, double seconds, const Cues *cues,
                        Error *error) MUST_CHECK;

/* Writes the next quarter note's time: the notes that begin in it, in seconds from its beginning,
 * and how long it is. Not after the piece is over. */
int live_arranged_beat(LiveArranged *arranged, const Cues *cues, Error *error) MUST_CHECK;

/* Of the latest beat, valid until the next. */
const ComposerNote *live_arranged_notes(const LiveArranged *arranged, int *count);
double live_arranged_seconds(const LiveArranged *arranged);

LiveArrangedState live_arranged_state(const LiveArranged *arranged);

#endif
