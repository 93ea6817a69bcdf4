/* analyst.h: reads the facts of many songs in child processes, so that a file on which a decoder
 * crashes or hangs costs that file only.
 *
 * Each child has a limit of memory (ANALYST_MEMORY beyond what the program holds), each file one of
 * time; children end with the program that made them. */
#ifndef COMPOSE_LIBRARY_ANALYST_H
#define COMPOSE_LIBRARY_ANALYST_H

#include "compose/library/song_facts.h"

#include <stddef.h>

#define ANALYST_SECONDS 30.0
#define ANALYST_MEMORY  ((size_t)1 << 30)

typedef struct AnalystWork {
    const char *const *paths; /* (count) */
    int count;
    int children;   /* at a time, ≥ 1 */
    double seconds; /* for a file */
    /* Takes the facts of paths[i], in whatever order they are ready; not 0 ends the work. */
    int (*take)(void *context, int i, const SongFacts *facts, Error *error);
    /* Asked several times a second; true ends the work early. May be NULL. */
    bool (*stopped)(void *context);
    void *context;
} AnalystWork;

/* Returns 0 when all is read or the work was stopped, -1 when no child could be made or `take`
 * failed. */
int analyst_read(const AnalystWork *work, Error *error) MUST_CHECK;

#endif
