/* file_lock.h: one process at a time. */
#ifndef NN_IO_FILE_LOCK_H
#define NN_IO_FILE_LOCK_H

#include "nn/base/error.h"

typedef struct FileLock {
    int descriptor; /* -1 when not held */
    char path[4096];
} FileLock;

/* Takes the lock represented by the file `path`, which is created with the lock and removed with
 * it. Fails at once where another process holds it. A lock ends with its process, however that
 * ends: a file left by a killed process blocks nobody. */
int file_lock(FileLock *lock, const char *path, Error *error) MUST_CHECK;
/* The lock `path`.lock of those that would make the same file `path`: waits until no other process
 * holds it, after which `path` may have been made. */
int file_lock_to_make(FileLock *lock, const char *path, Error *error) MUST_CHECK;
/* Does nothing when the lock is not held. */
void file_unlock(FileLock *lock);

#endif
