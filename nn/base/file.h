/* file.h: whole files in, whole files out. */
#ifndef NN_BASE_FILE_H
#define NN_BASE_FILE_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Opens a regular file to read (caller closes); NULL for anything else, without waiting for
 * a pipe. */
FILE *file_open(const char *path, Error *error) MUST_CHECK;

/* Reads the whole file into `*bytes` (caller frees; one 0 byte is added after the end, not counted
 * in `*size`). Fails on what is no regular file and on more than `limit` bytes. */
int file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
              Error *error) MUST_CHECK;

/* A file being written: the bytes go to a file without a name on the disk of `path`; file_commit
 * syncs them, names the file and renames it, so that whatever happens in between (crash, full disk,
 * kill -9), `path` holds either the old file whole or the new one whole, and nothing else is left.
 * Where the file system knows no files without a name, it has a temporary one beside `path`, which
 * a killed program leaves behind. */
typedef struct FileWriter {
    FILE *stream;         /* write here, */
    char name[4096 + 32]; /* or, for a library that wants to open it itself, by this name */
    char path[4096];
    bool nameless; /* `name` is but a handle of this process and ends with it */
} FileWriter;

/* Fails where no file can be made, and on a path that names a directory or a device. */
int file_begin(FileWriter *writer, const char *path, Error *error) MUST_CHECK;
/* Fails, and leaves an older file as it was; or, where only the folder could not be synced, when
 * the new file is there and whole but might not outlive a crash. */
int file_commit(FileWriter *writer, Error *error) MUST_CHECK;
/* Gives up: what was written goes; `path` stays as it was. */
void file_abandon(FileWriter *writer);

/* Whether file_begin would fail: for what is written only after long work. */
int file_try(const char *path, Error *error) MUST_CHECK;

/* Creates the directory and its parents where missing. */
int directory_create(const char *path, Error *error) MUST_CHECK;

bool file_exists(const char *path);

/* Whether the path ends in the suffix (".png"), in capitals or not. */
bool file_has_suffix(const char *path, const char *suffix);

#endif
