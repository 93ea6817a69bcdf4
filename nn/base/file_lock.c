#include "nn/base/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the path still names the open file: its last holder may have removed it meanwhile. */
static bool is_named(int descriptor, const char *path) {
    struct stat open_file, named;
    return !fstat(descriptor, &open_file) && !stat(path, &named) &&
           open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

int file_lock(FileLock *lock, const char *path, Error *error) {
    lock->descriptor = -1;
    int length = snprintf(lock->path, sizeof lock->path, "%s", path);
    if (length >= (int)sizeof lock->path)
        return error_set(error, "the name %s is too long", path);
    for (;;) {
        int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0)
            return error_errno(error, "cannot write %s", path);
        bool held = !flock(descriptor, LOCK_EX | LOCK_NB);
        int reason = errno;
        if (held && is_named(descriptor, path)) {
            lock->descriptor = descriptor;
            return 0;
        }
        close(descriptor);
        errno = reason;
        if (!held)
            return reason == EWOULDBLOCK ? error_set(error, "another process holds %s", path)
                                         : error_errno(error, "cannot lock %s", path);
    }
}

void file_unlock(FileLock *lock) {
    if (lock->descriptor < 0)
        return;
    unlink(lock->path); /* before it is free, so that nobody else's is removed */
    close(lock->descriptor);
    lock->descriptor = -1;
}
