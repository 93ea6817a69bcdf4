#include "datasets/media/picture_end.h"

#include <string.h>

/* ------------------------------------------------------------------ JPEG */

/* Walks the segments, each FF, a marker and mostly its length, and through the scans, in which FF
 * stands before 0 or a restart marker alone. */
static bool jpeg_has_end(const uint8_t *bytes, size_t size) {
    enum { TEMPORARY = 0x01, RESTART = 0xd0, END = 0xd9 };
    for (size_t at = 2; at + 2 <= size;) {
        int marker = bytes[at + 1];
        if (bytes[at] != 0xff || marker == 0xff) {
            at++;
        } else if (marker <= TEMPORARY || (marker >= RESTART && marker < RESTART + 8)) {
            at += 2;
        } else if (marker == END) {
            return true;
        } else {
            if (at + 4 > size)
                return false;
            at += 2 + ((size_t)bytes[at + 2] << 8 | bytes[at + 3]);
        }
    }
    return false;
}

/* ------------------------------------------------------------------ GIF */

/* The place behind a chain of blocks, each a length and as many bytes, that a length of 0 ends;
 * `size` where it is cut off. */
static size_t pass_blocks(const uint8_t *bytes, size_t size, size_t at) {
    while (at < size && bytes[at])
        at += 1 + (size_t)bytes[at];
    return at < size ? at + 1 : size;
}

/* A table of colours, if the flags say that one follows. */
static size_t table_size(int flags) {
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* Whether its first picture, which is the one that is read, has its end. */
static bool gif_has_end(const uint8_t *bytes, size_t size) {
    enum { HEAD = 13, EXTENSION = 0x21, PICTURE = 0x2c };
    if (size < HEAD)
        return false;
    for (size_t at = HEAD + table_size(bytes[10]); at + 10 < size;) {
        if (bytes[at] == EXTENSION) {
            at = pass_blocks(bytes, size, at + 2);
            continue;
        }
        size_t blocks = at + 10 + table_size(bytes[at + 9]) + 1;
        return bytes[at] == PICTURE && pass_blocks(bytes, size, blocks) < size;
    }
    return false;
}

/* ------------------------------------------------------------------ Sun raster */

static size_t big_endian(const uint8_t *bytes) {
    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static bool sun_has_end(const uint8_t *bytes, size_t size) {
    enum { HEAD = 32, LENGTH = 16, MAP_LENGTH = 28 };
    return size >= HEAD && big_endian(bytes + MAP_LENGTH) <= size - HEAD &&
           big_endian(bytes + LENGTH) <= size - HEAD - big_endian(bytes + MAP_LENGTH);
}

bool picture_has_end(const uint8_t *bytes, size_t size) {
    if (size > 3 && !memcmp(bytes, "\xff\xd8\xff", 3))
        return jpeg_has_end(bytes, size);
    if (size > 4 && !memcmp(bytes, "GIF8", 4))
        return gif_has_end(bytes, size);
    if (size > 4 && !memcmp(bytes, "\x59\xa6\x6a\x95", 4))
        return sun_has_end(bytes, size);
    return true;
}
