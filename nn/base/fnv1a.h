/* fnv1a.h: the hash FNV-1a with 64 bits (Fowler, Noll and Vo), the same everywhere: for names, and
 * for what files keep. checksum.h is faster. */
#ifndef NN_BASE_FNV1A_H
#define NN_BASE_FNV1A_H

#include <stddef.h>
#include <stdint.h>

#define FNV1A_START UINT64_C(0xcbf29ce484222325)

/* Continues `hash`, FNV1A_START at first, over more bytes. */
static inline uint64_t fnv1a(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

#endif
