/* file_lock.h: one process at a time. */
#ifndef NN_BASE_FILE_LOCK_H
#define NN_BASE_FILE_LOCK_H

#include "nn/base/error.h"

typedef struct FileLock {
    int descriptor; /* -1 when not held */
    char path[4096];
} FileLock;

/* Holds the lock that the file `path` stands for; the file is made, and goes with the lock. Fails
 * at once where another process holds it. A lock ends with its process, however that ends: a file
 * that a killed one has left holds nobody up. */
int file_lock(FileLock *lock, const char *path, Error *error) MUST_CHECK;
/* Nothing happens when the lock is not held. */
void file_unlock(FileLock *lock);

#endif
