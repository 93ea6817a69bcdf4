/* given_melody.h: a melody that somebody brings, for accompaniment. */
#ifndef COMPOSE_ARRANGE_GIVEN_MELODY_H
#define COMPOSE_ARRANGE_GIVEN_MELODY_H

#include "datasets/music/lead_sheet.h"
#include "datasets/music/song.h"

typedef struct GivenMelody {
    Song *song;      /* its notes as they are, ARRANGER_TICKS a quarter, and its tempos */
    LeadSheet sheet; /* the same on a grid of bars, without chords */
    int tonic;       /* pitch class */
} GivenMelody;

/* Takes the melody out of a finished song: its track named "melody", else its only one with notes.
 * Bars and meter (4/4, 2/2, 3/4, 6/8) are the song's, its key too where it says another than C
 * major, else the one that fits. Free with given_melody_free.
 *
 * Fails for a song without such a track, with fewer than two notes, with notes that sound together,
 * off the beat, in another meter, or longer than a plan. */
int given_melody_read(const Song *song, GivenMelody *melody, Error *error) MUST_CHECK;
void given_melody_free(GivenMelody *melody);

#endif
