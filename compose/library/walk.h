/* walk.h: the songs' files in a folder, each once, whatever links lead where. */
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

/* Zeroed at first; free with walk_free. */
typedef struct Walk {
    WalkFile *files; /* (count) */
    int count, room;
    FileId *known; /* a table of those met, open addressing; inode 0 is free */
    size_t n_known, room_known;
    int unreadable; /* folders that cannot be listed */
} Walk;

/* Adds the songs' files at and below `root`, but for hidden ones. Fails when memory is out, when
 * `root` cannot be read, and never on what lies below. */
int walk_add(Walk *walk, const char *root, Error *error) MUST_CHECK;
void walk_free(Walk *walk);

#endif
