/* live_arranged.h: endless arranged music, generated beat by beat.
 *
 * Form and melody are written one section ahead (compose/arrange/lead_writer.h). The performance is
 * decided at each beat: accompaniment, register, dynamics, tempo and mode follow the current cues.
 * A change of mood is therefore heard at the next beat while the theme continues; later sections
 * are written for the mood at the time. */
#ifndef COMPOSE_LIVE_LIVE_ARRANGED_H
#define COMPOSE_LIVE_LIVE_ARRANGED_H

#include "compose/arrange/arranger.h"
#include "compose/write/composer.h"
#include "infer/music/lead_model.h"

typedef struct LiveArrangedSettings {
    SamplerSettings sampler;
    Ensemble ensemble;
    double tempo; /* quarter notes per minute; 0 = follow the cues */
} LiveArrangedSettings;

/* A piece. */
typedef struct LiveArrangedWish {
    uint64_t seed;
    int genre;      /* GENRE_FREE or an index into lead_styles */
    double seconds; /* about its length */
} LiveArrangedWish;

/* The current position and key. */
typedef struct LiveArrangedState {
    int section; /* of the piece, from 1 */
    int tonic;   /* pitch class */
    bool minor;
    double tempo;
    bool over; /* the piece has ended */
} LiveArrangedState;

typedef struct LiveArranged LiveArranged;

/* The model must outlive it. Free with live_arranged_destroy. */
LiveArranged *live_arranged_create(const LeadModel *model, const LiveArrangedSettings *settings,
                                   Error *error);
void live_arranged_destroy(LiveArranged *arranged);

int live_arranged_begin(LiveArranged *arranged, const LiveArrangedWish *wish, const Cues *cues,
                        Error *error) MUST_CHECK;

/* The General MIDI program of the melody from the next beat on, -1 (at first): the ensemble's. */
void live_arranged_set_program(LiveArranged *arranged, int program);

/* Generates the next beat (a quarter note): the notes that start in it, with onsets in seconds from
 * the beat, and its duration. Must not be called after the piece is over. */
int live_arranged_beat(LiveArranged *arranged, const Cues *cues, Error *error) MUST_CHECK;

/* Notes and duration (seconds) of the latest beat; the notes are valid until the next one. */
const ComposerNote *live_arranged_notes(const LiveArranged *arranged, int *count);
double live_arranged_seconds(const LiveArranged *arranged);

LiveArrangedState live_arranged_state(const LiveArranged *arranged);

#endif
