/* file_map.h: a file's bytes in memory, to be read there. */
#ifndef NN_IO_FILE_MAP_H
#define NN_IO_FILE_MAP_H

#include "nn/base/error.h"

#include <stddef.h>

/* Pages are read when they are used, and shared by all processes that map the file. Initialise with
 * zeros. */
typedef struct FileMap {
    void *bytes; /* (size), not to be written; NULL: none */
    size_t size;
} FileMap;

/* Maps the file, which may be replaced meanwhile but not changed. Without one, or if it is empty or
 * no regular file, `map` stays empty. */
int file_map_open(FileMap *map, const char *path, Error *error) MUST_CHECK;
void file_map_close(FileMap *map);

#endif
