/* song_beginning.h: the first seconds or bars of a song. */
#ifndef DATASETS_MUSIC_SONG_BEGINNING_H
#define DATASETS_MUSIC_SONG_BEGINNING_H

#include "datasets/music/song.h"

/* The notes that begin in the first `seconds` after the first note's start, cut off where they end,
 * as a finished song (free with song_free). Returns NULL where memory is out. A longer stretch than
 * the song is gives all of it. */
Song *song_first_seconds(const Song *song, double seconds, Error *error);

/* The same of the first `bars` bars, from the bar of the first note. Fails on a song whose notes
 * keep to no beat (music_grid). */
Song *song_first_bars(const Song *song, int bars, Error *error);

#endif
