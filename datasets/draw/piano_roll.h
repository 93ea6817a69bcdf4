/* piano_roll.h: a song as a picture: time from left to right in seconds, pitch upward. */
#ifndef DATASETS_DRAW_PIANO_ROLL_H
#define DATASETS_DRAW_PIANO_ROLL_H

#include "datasets/music/song.h"

typedef struct PianoRoll {
    int width, height;  /* pixels; 0 = 1600 × 500 */
    double from, until; /* seconds; until 0 = the end */
    const char *title;  /* may be NULL */
} PianoRoll;

/* Draws the notes of a finished song as bars coloured by velocity (blue soft, red loud), fainter
 * while only the pedal sustains them, with a line at each C, a line at each bar (every few bars of
 * a long piece) or, where notes are not on a grid, every few seconds, and a colour legend. Writes a
 * PNG file. `roll` may be NULL. Drums are left out. */
int piano_roll_write(const Song *song, const PianoRoll *roll, const char *path,
                     Error *error) MUST_CHECK;

#endif
