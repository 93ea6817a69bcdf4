/* checksum.h: a 64-bit checksum of bytes that come in pieces, whose cuts do not matter. It detects
 * damage, not intent. */
#ifndef NN_BASE_CHECKSUM_H
#define NN_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Initialise with zeros, or with a `sum` to start from. */
typedef struct Checksum {
    uint64_t sum, held;
    int n_held;
} Checksum;

void checksum_add(Checksum *checksum, const void *bytes, size_t size);
uint64_t checksum_end(Checksum *checksum);

#endif
