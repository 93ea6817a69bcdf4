#include "nn/io/file_lock.h"

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

static int take(FileLock *lock, bool wait, Error *error) {
    for (;;) {
        int descriptor = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (descriptor < 0)
            return error_errno(error, "cannot write %s", lock->path);
        bool held = !flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
        int reason = errno;
        if (held && is_named(descriptor, lock->path)) {
            lock->descriptor = descriptor;
            return 0;
        }
        close(descriptor);
        errno = reason;
        if (!held)
            return reason == EWOULDBLOCK ? error_set(error, "another process holds %s", lock->path)
                                         : error_errno(error, "cannot lock %s", lock->path);
    }
}

static int set_path(FileLock *lock, const char *path, const char *suffix, Error *error) {
    lock->descriptor = -1;
    int length = snprintf(lock->path, sizeof lock->path, "%s%s", path, suffix);
    return length < (int)sizeof lock->path ? 0 : error_set(error, "the name %s is too long", path);
}

int file_lock(FileLock *lock, const char *path, Error *error) {
    return set_path(lock, path, "", error) ? -1 : take(lock, false, error);
}

int file_lock_to_make(FileLock *lock, const char *path, Error *error) {
    return set_path(lock, path, ".lock", error) ? -1 : take(lock, true, error);
}

void file_unlock(FileLock *lock) {
    if (lock->descriptor < 0)
        return;
    unlink(lock->path);               /* before it is free, so that nobody else's is removed */
    flock(lock->descriptor, LOCK_UN); /* a child process may have inherited it */
    close(lock->descriptor);
    lock->descriptor = -1;
}
