/* byte_range.h: the requested part of a file (header Range, RFC 9110, section 14). */
#ifndef COMPOSE_WEB_BYTE_RANGE_H
#define COMPOSE_WEB_BYTE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ByteRange {
    uint64_t first, size; /* of the part */
    uint64_t whole;       /* bytes in total */
} ByteRange;

enum { BYTE_RANGE_NONE, BYTE_RANGE_PART, BYTE_RANGE_OUTSIDE = -1 };

/* Parses "bytes=5-9", "bytes=5-" or "bytes=-5" for a resource of `whole` bytes. BYTE_RANGE_PART:
 * send the part (206). BYTE_RANGE_NONE: `text` is NULL, something else or several parts; send
 * everything. BYTE_RANGE_OUTSIDE: there is no such part (416). */
int byte_range_read(const char *text, uint64_t whole, ByteRange *range);

#endif
