/* same_notes.h: comparison of songs in tests. */
#ifndef TESTS_SUPPORT_SAME_NOTES_H
#define TESTS_SUPPORT_SAME_NOTES_H

#include "datasets/music/song.h"

/* Whether two songs have the same notes, in each of their fields. */
bool same_notes(const Song *a, const Song *b);

#endif
