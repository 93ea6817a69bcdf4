/* given_melody.h: a user's melody, to be accompanied. */
#ifndef COMPOSE_ARRANGE_GIVEN_MELODY_H
#define COMPOSE_ARRANGE_GIVEN_MELODY_H

#include "datasets/music/lead_sheet.h"
#include "datasets/music/song.h"

typedef struct GivenMelody {
    Song *song;      /* its notes unchanged, ARRANGER_TICKS per quarter, and its tempos */
    LeadSheet sheet; /* the same on a grid of bars, without chords */
    int tonic;       /* pitch class */
} GivenMelody;

/* Extracts the melody from a finished song: its track named "melody", else its only one with notes.
 * Bars and meter (4/4, 2/2, 3/4, 6/8) are the song's, and its key unless that is C major; else the
 * best-fitting key. Free with given_melody_free.
 *
 * Fails for a song without such a track, with fewer than two notes, with overlapping notes, without
 * a beat, in another meter, or longer than a plan. */
int given_melody_read(const Song *song, GivenMelody *melody, Error *error) MUST_CHECK;
void given_melody_free(GivenMelody *melody);

#endif
