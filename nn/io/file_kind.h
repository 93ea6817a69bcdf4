/* file_kind.h: the kind of a file by its first bytes, for messages about unexpected files. */
#ifndef NN_IO_FILE_KIND_H
#define NN_IO_FILE_KIND_H

#include <stddef.h>

enum { FILE_KIND_BYTES = 512 }; /* enough from the start of a file */

/* "a PNG picture", "an HDF5 file (such as Keras's .h5)", "a text"…; NULL when unknown. */
const char *file_kind(const unsigned char *bytes, size_t size);

#endif
