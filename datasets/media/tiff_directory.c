#include "datasets/media/tiff_directory.h"

#include <string.h>

enum {
    COMPRESSION = 259,
    DIRECTORIES = 330,
    DNG_VERSION = 50706,
    ENTRY_BYTES = 12, /* its tag, type, number of values, and value or where they are */
    VALUE = 8
};

typedef struct Directory {
    size_t at;     /* of its number of entries, which stand behind it */
    size_t count;  /* 0: there is none */
    bool backward; /* numbers are little-endian */
} Directory;

static size_t number(const uint8_t *bytes, int length, bool backward) {
    size_t value = 0;
    for (int i = 0; i < length; i++)
        value = value << 8 | bytes[backward ? length - 1 - i : i];
    return value;
}

bool tiff_recognise(const uint8_t *bytes, size_t size) {
    return size >= 8 && (!memcmp(bytes, "II*\0", 4) || !memcmp(bytes, "MM\0*", 4));
}

static Directory first_directory(const uint8_t *bytes, size_t size) {
    Directory directory = {0};
    if (!tiff_recognise(bytes, size))
        return directory;
    directory.backward = bytes[0] == 'I';
    directory.at = number(bytes + 4, 4, directory.backward);
    if (directory.at > size - 2)
        return directory;
    directory.count = number(bytes + directory.at, 2, directory.backward);
    if (directory.count > (size - 2 - directory.at) / ENTRY_BYTES)
        directory.count = 0;
    return directory;
}

static size_t entry_place(const Directory *directory, size_t i) {
    return directory->at + 2 + i * ENTRY_BYTES;
}

/* The entry's place, or 0. */
static size_t find(const uint8_t *bytes, const Directory *directory, size_t tag) {
    for (size_t i = 0; i < directory->count; i++)
        if (number(bytes + entry_place(directory, i), 2, directory->backward) == tag)
            return entry_place(directory, i);
    return 0;
}

bool tiff_is_jpeg(const uint8_t *bytes, size_t size) {
    enum { OLD_JPEG = 6, JPEG = 7 };
    Directory directory = first_directory(bytes, size);
    size_t entry = find(bytes, &directory, COMPRESSION);
    size_t kind = entry ? number(bytes + entry + VALUE, 2, directory.backward) : 0;
    return (kind == OLD_JPEG || kind == JPEG) && !find(bytes, &directory, DNG_VERSION);
}

/* Sides, bits, compression, photometric interpretation, order of bits, strips, samples, planes, fax
 * options, predictor, colours, tiles and subsampling. */
static bool is_of_pixels(size_t tag) {
    static const uint16_t tags[] = {256, 257, 258, 259, 262, 266, 273, 277, 278, 279,
                                    284, 292, 293, 317, 320, 322, 323, 324, 325, 530};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (tags[i] == tag)
            return true;
    return false;
}

bool tiff_reduce(uint8_t *bytes, size_t size) {
    Directory directory = first_directory(bytes, size);
    if (!directory.count || find(bytes, &directory, DIRECTORIES) ||
        find(bytes, &directory, DNG_VERSION))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < directory.count; i++) {
        const uint8_t *entry = bytes + entry_place(&directory, i);
        if (is_of_pixels(number(entry, 2, directory.backward)))
            memmove(bytes + entry_place(&directory, kept++), entry, ENTRY_BYTES);
    }
    bytes[directory.at + !directory.backward] = (uint8_t)kept;
    bytes[directory.at + directory.backward] = (uint8_t)(kept >> 8);
    return true;
}
