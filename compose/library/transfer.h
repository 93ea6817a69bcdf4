/* transfer.h: imports and exports moods of songs as CSV.
 *
 * Columns: file (a path, absolute or relative to the CSV's folder; or a unique end of a song's
 * path), valence and arousal (-1 … 1) or emotion (a name), and optionally valence_deviation,
 * arousal_deviation, language. The export has the moods in effect, with origin, title, artist and
 * genre, and can be imported again. */
#ifndef COMPOSE_LIBRARY_TRANSFER_H
#define COMPOSE_LIBRARY_TRANSFER_H

#include "compose/library/library.h"

/* Sets moods and languages from the CSV as ORIGIN_IMPORT; `*changed` counts songs, `*unknown` rows
 * whose file is not in the library. Fails, with nothing changed, on a value out of range
 * ("moods.csv:7: valence 3, expected -1 … 1"). */
int library_import(Library *library, const char *csv, int *changed, int *unknown,
                   Error *error) MUST_CHECK;

/* Writes all songs present. */
int library_export(Library *library, const char *csv, int *count, Error *error) MUST_CHECK;

#endif
