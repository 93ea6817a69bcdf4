/* arranger.h: a lead sheet as a song for an ensemble: melody, chords, bass, pads, drums.
 *
 * Driven by rules and the cues' tables (compose/arrange/cues.h), not by a network: the patterns of
 * a section follow from its fullness, chords move to the nearest voicing below the melody, bass and
 * chords that a pianist strikes together stay within a hand, and what is played is shaped by
 * accents, phrases and small differences of time.
 *
 * Every part is a track with a name and a program of its own. Bars and tempo are those of the
 * sheet; the last bar slows down. Markers name sections and chords. */
#ifndef COMPOSE_ARRANGE_ARRANGER_H
#define COMPOSE_ARRANGE_ARRANGER_H

#include "compose/arrange/cues.h"
#include "compose/arrange/plan.h"
#include "datasets/music/lead_sheet.h"
#include "datasets/music/song.h"

enum { ARRANGER_TICKS = 480 };

typedef enum Ensemble {
    ENSEMBLE_PIANO,
    ENSEMBLE_BAND,
    ENSEMBLE_STRINGS,
    ENSEMBLE_CHIPTUNE,
    ENSEMBLES
} Ensemble;

/* "piano", "band", "strings", "chiptune"; NULL after the last. */
extern const char *const ensemble_names[ENSEMBLES + 1];

typedef struct Arrangement {
    const LeadSheet *sheet;
    const Plan *plan; /* of the sheet's bars */
    const Cues *cues;
    Ensemble ensemble;
    int tonic;    /* pitch class */
    double tempo; /* quarter notes a minute */
    int program;  /* of the melody, -1: the ensemble's */
    Rng rng;
} Arrangement;

/* Returns the finished song (free with song_free), or NULL when memory is out. */
Song *arranger_play(const Arrangement *arrangement, Error *error);

/* "Am", "Bb7": a chord of a sheet in a key. */
void arranger_chord_name(int chord, int tonic, bool minor, char name[8]);

#endif
