/* walk.h: finds the song files in a folder, each once, regardless of links. */
#ifndef COMPOSE_LIBRARY_WALK_H
#define COMPOSE_LIBRARY_WALK_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct WalkFile {
    char *path;
    int64_t size;
    int64_t changed; /* nanoseconds since 1970 */
} WalkFile;

typedef struct FileId {
    uint64_t device, inode;
} FileId;

/* Initialise with zeros; free with walk_free. */
typedef struct Walk {
    WalkFile *files; /* (count) */
    int count, room;
    FileId *known; /* hash table of visited files, open addressing; inode 0 is free */
    size_t n_known, room_known;
    int unreadable;           /* folders and files that cannot be looked at */
    char why_unreadable[512]; /* the first: "PATH: why" */
} Walk;

/* Adds the song files at and below `root`, except hidden ones. Fails when out of memory or when
 * `root` is unreadable, but not on anything below it. */
int walk_add(Walk *walk, const char *root, Error *error) MUST_CHECK;
void walk_free(Walk *walk);

#endif
