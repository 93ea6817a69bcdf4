/* song_library.h: a library of small songs for tests, in the scratch directory. */
#ifndef TESTS_SUPPORT_SONG_LIBRARY_H
#define TESTS_SUPPORT_SONG_LIBRARY_H

#include "compose/library/scan.h"

/* Opens scratch_path("library.db"). */
Library *song_library_open(void);

/* Scans it by the shipped mood model. */
ScanReport song_library_scan(Library *library);

/* Adds the folder of tests/support/music_folder.h and scans it. */
ScanReport song_library_add(Library *library);

/* Songs without files: `count` of them, each of three minutes, at random points in the plane. Free
 * with library_songs_free. */
void song_library_draw(LibrarySongs *songs, int count, uint64_t seed);

#endif
