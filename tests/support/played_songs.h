/* played_songs.h: short songs of notes, and their sound. */
#ifndef TESTS_SUPPORT_PLAYED_SONGS_H
#define TESTS_SUPPORT_PLAYED_SONGS_H

#include "datasets/music/song.h"

#include <stdbool.h>

/* Whether a soundfont is installed; if not, reports that the test is skipped. */
bool songs_can_be_played(void);

/* A song of that many quarter notes, half a second each, of one pitch and velocity; the last
 * `rests` of every four are rests. Free with song_free. */
Song *played_song(int quarters, int pitch, int velocity, int rests);

/* Two organ notes of one pitch, half a second and one and a half: the first is released only
 * `overlap` ticks (960 a second) after the second begins. Free with song_free. */
Song *struck_again_song(int overlap);

/* The mean square of stereo samples. */
double mean_square(const float *samples, int frames);

#endif
