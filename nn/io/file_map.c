#include "nn/io/file_map.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int file_map_open(FileMap *map, const char *path, Error *error) {
    struct stat info;
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), status = 0;
    *map = (FileMap){0};
    if (file < 0)
        return 0;
    if (!fstat(file, &info) && S_ISREG(info.st_mode) && info.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, file, 0);
        if (bytes == MAP_FAILED)
            status = error_errno(error, "cannot map %s", path);
        else
            *map = (FileMap){bytes, (size_t)info.st_size};
    }
    close(file);
    return status;
}

void file_map_close(FileMap *map) {
    if (map->bytes)
        munmap(map->bytes, map->size);
    *map = (FileMap){0};
}
