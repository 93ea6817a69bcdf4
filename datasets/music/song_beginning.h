/* song_beginning.h: the first seconds or bars of a song. */
#ifndef DATASETS_MUSIC_SONG_BEGINNING_H
#define DATASETS_MUSIC_SONG_BEGINNING_H

#include "datasets/music/song.h"

/* The notes that begin in the first `seconds` after the first note's start, cut off at the end, as
 * a finished song (free with song_free). Returns NULL when out of memory. If `seconds` exceeds the
 * song's length, all of it. */
Song *song_first_seconds(const Song *song, double seconds, Error *error);

/* The same for the first `bars` bars, from the bar of the first note. Fails on a song without a
 * beat (music_grid). */
Song *song_first_bars(const Song *song, int bars, Error *error);

#endif
