#include "datasets/media/picture_structure.h"

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

/* How many of its pictures are there with their ends, counted up to `most`. */
static int gif_pictures(const uint8_t *bytes, size_t size, int most) {
    enum { HEAD = 13, EXTENSION = 0x21, PICTURE = 0x2c };
    int pictures = 0;
    if (size < HEAD)
        return 0;
    for (size_t at = HEAD + table_size(bytes[10]); at + 10 < size && pictures < most;) {
        if (bytes[at] == EXTENSION) {
            at = pass_blocks(bytes, size, at + 2);
            continue;
        }
        if (bytes[at] != PICTURE)
            break;
        at = pass_blocks(bytes, size, at + 10 + table_size(bytes[at + 9]) + 1);
        pictures += at < size;
    }
    return pictures;
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

/* ------------------------------------------------------------------ TGA */

bool picture_tga_has_end(const uint8_t *bytes, size_t size) {
    enum { HEAD = 18, RUN_LENGTHS = 8, RUN = 0x80 };
    if (size < HEAD)
        return false;
    size_t pixel = (bytes[16] + 7u) / 8,
           pixels = (bytes[12] | (size_t)bytes[13] << 8) * (bytes[14] | (size_t)bytes[15] << 8);
    size_t at = HEAD + bytes[0] + (bytes[5] | (size_t)bytes[6] << 8) * ((bytes[7] + 7u) / 8);
    if (!(bytes[2] & RUN_LENGTHS))
        return at + pixels * pixel <= size;
    for (size_t done = 0; done < pixels;) {
        if (at >= size)
            return false;
        size_t n = (bytes[at] & ~RUN) + 1u;
        at += 1 + (bytes[at] & RUN ? pixel : n * pixel);
        done += n;
    }
    return at <= size;
}

/* ------------------------------------------------------------------ PNG */

/* The frames that the chunk acTL announces, which must come before the pixels; 1 without one. */
static size_t png_frames(const uint8_t *bytes, size_t size) {
    enum { SIGNATURE = 8, LENGTH_AND_NAME = 8, CHECKSUM = 4 };
    for (size_t at = SIGNATURE; at + LENGTH_AND_NAME + 4 <= size;) {
        if (!memcmp(bytes + at + 4, "acTL", 4))
            return big_endian(bytes + at + LENGTH_AND_NAME);
        if (!memcmp(bytes + at + 4, "IDAT", 4))
            return 1;
        at += LENGTH_AND_NAME + big_endian(bytes + at) + CHECKSUM;
    }
    return 1;
}

/* ------------------------------------------------------------------ all */

static bool is_gif(const uint8_t *bytes, size_t size) {
    return size > 4 && !memcmp(bytes, "GIF8", 4);
}

static bool is_png(const uint8_t *bytes, size_t size) {
    return size > 8 && !memcmp(bytes, "\x89PNG\r\n\x1a\n", 8);
}

bool picture_has_end(const uint8_t *bytes, size_t size) {
    if (size > 3 && !memcmp(bytes, "\xff\xd8\xff", 3))
        return jpeg_has_end(bytes, size);
    if (is_gif(bytes, size))
        return gif_pictures(bytes, size, 1) > 0;
    if (size > 4 && !memcmp(bytes, "\x59\xa6\x6a\x95", 4))
        return sun_has_end(bytes, size);
    return true;
}

bool picture_can_be_animated(const uint8_t *bytes, size_t size) {
    return is_gif(bytes, size) || is_png(bytes, size);
}

bool picture_is_animated(const uint8_t *bytes, size_t size) {
    if (is_gif(bytes, size))
        return gif_pictures(bytes, size, 2) > 1;
    return is_png(bytes, size) && png_frames(bytes, size) > 1;
}
