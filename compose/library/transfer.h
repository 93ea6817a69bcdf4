/* transfer.h: moods of songs as CSV, in and out.
 *
 * Columns: file (a path, or from the CSV's folder; or the end of a path that only one song has),
 * valence and arousal (-1 … 1) or emotion (a name), and as they are wanted valence_deviation,
 * arousal_deviation, language. Exported are the moods that count, with origin, title, artist and
 * genre, so that what comes out goes in again. */
#ifndef COMPOSE_LIBRARY_TRANSFER_H
#define COMPOSE_LIBRARY_TRANSFER_H

#include "compose/library/library.h"

/* Gives the songs named the CSV's moods and languages as ORIGIN_IMPORT; `*changed` counts songs,
 * `*unknown` rows whose file the library has not. Fails, with nothing changed, on a value out of
 * range ("moods.csv:7: valence 3, expected -1 … 1"). */
int library_import(Library *library, const char *csv, int *changed, int *unknown,
                   Error *error) MUST_CHECK;

/* Writes all songs that are there. */
int library_export(Library *library, const char *csv, int *count, Error *error) MUST_CHECK;

#endif
