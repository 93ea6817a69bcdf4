/* files.h: file contents in tests. */
#ifndef TESTS_SUPPORT_FILES_H
#define TESTS_SUPPORT_FILES_H

#include <stddef.h>

/* The bytes of a file, which must exist, and one 0 byte after them (caller frees); `size` may be
 * NULL. */
unsigned char *file_bytes(const char *path, size_t *size);

/* Asserts that two files are the same, byte for byte. */
void assert_same_file(const char *a, const char *b);

/* Asserts that two model files or checkpoints have the same weights, ignoring times and file names
 * in their headers. */
void assert_same_weights(const char *a, const char *b);

#endif
