/* analyst.h: reads the facts of many songs in child processes, so that a file on which a decoder
 * crashes or hangs costs that file only.
 *
 * Each child has a memory limit (ANALYST_MEMORY beyond the program's own use), each file a time
 * limit; children end with their parent. */
#ifndef COMPOSE_LIBRARY_ANALYST_H
#define COMPOSE_LIBRARY_ANALYST_H

#include "compose/library/song_facts.h"

#include <stddef.h>

#define ANALYST_SECONDS 30.0
#define ANALYST_MEMORY  ((size_t)1 << 30)

typedef struct AnalystWork {
    const char *const *paths; /* (count) */
    int count;
    int children;   /* at the same time, ≥ 1 */
    double seconds; /* for a file */
    /* Receives the facts of paths[i], in order of completion; a result other than 0 ends the work.
     */
    int (*take)(void *context, int i, const SongFacts *facts, Error *error);
    /* Called several times per second; true ends the work early. May be NULL. */
    bool (*stopped)(void *context);
    void *context;
} AnalystWork;

/* Returns 0 when all files are read or the work was stopped, -1 when no child could be created or
 * `take` failed. */
int analyst_read(const AnalystWork *work, Error *error) MUST_CHECK;

#endif
