/* file_kind.h: what a file is, by its first bytes, for messages about one that was not expected. */
#ifndef NN_BASE_FILE_KIND_H
#define NN_BASE_FILE_KIND_H

#include <stddef.h>

enum { FILE_KIND_BYTES = 512 }; /* so many from the start are enough */

/* "a PNG picture", "an HDF5 file (Keras .h5)", "a text"…; NULL when the bytes say nothing. */
const char *file_kind(const unsigned char *bytes, size_t size);

#endif
