/* file.h: reading and writing whole files. */
#ifndef NN_IO_FILE_H
#define NN_IO_FILE_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Opens a regular file for reading (caller closes); NULL for anything else, without waiting on a
 * pipe. */
FILE *file_open(const char *path, Error *error) MUST_CHECK;

/* Reads the whole file into `*bytes` (caller frees; one 0 byte is added after the end, not counted
 * in `*size`). Fails on anything but a regular file and on more than `limit` bytes. */
int file_read(const char *path, size_t limit, unsigned char **bytes, size_t *size,
              Error *error) MUST_CHECK;

/* A file being written: the bytes go to an unnamed file on the file system of `path`; file_commit
 * syncs it, names it and renames it, so that whatever happens in between (crash, full disk, kill
 * -9), `path` is either the complete old file or the complete new one, and nothing else is left.
 * Where the file system does not support unnamed files, a temporary one beside `path` is used,
 * which a killed program leaves behind. */
typedef struct FileWriter {
    FILE *stream;         /* write here, */
    char name[4096 + 32]; /* or, for a library that wants to open it itself, by this name */
    char path[4096];
    bool nameless; /* `name` is only a handle of this process and ends with it */
} FileWriter;

/* Fails where no file can be created, and on a path that names a directory or a device. */
int file_begin(FileWriter *writer, const char *path, Error *error) MUST_CHECK;
/* On failure an older file is unchanged; or, where only syncing the folder failed, the new file is
 * complete but might not survive a crash. */
int file_commit(FileWriter *writer, Error *error) MUST_CHECK;
/* Discards what was written; `path` is unchanged. */
void file_abandon(FileWriter *writer);

/* Fails if file_begin would: a check before long work whose result goes there. */
int file_try(const char *path, Error *error) MUST_CHECK;

/* Creates the directory and its parents where missing. */
int directory_create(const char *path, Error *error) MUST_CHECK;

bool file_exists(const char *path);

/* Whether both paths lead to one regular file, by whatever names; false where one is missing. */
bool file_is_same(const char *a, const char *b);

/* Whether the path leads to a regular file that the list names, separated by commas. */
bool file_is_listed(const char *list, const char *path);

/* Whether the path ends in the suffix (".png"), ignoring case. */
bool file_has_suffix(const char *path, const char *suffix);

#endif
