#include "datasets/media/orientation.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { UPRIGHT = 1, EXIF_TAG = 0x0112, EXIF_SHORT = 3 };

/* A stretch of bytes; what lies outside reads as 0. */
typedef struct Span {
    const uint8_t *bytes;
    size_t size;
} Span;

static uint32_t number(Span span, size_t at, int count, bool little) {
    uint32_t value = 0;
    if (at > span.size || (size_t)count > span.size - at)
        return 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | span.bytes[at + (size_t)(little ? count - 1 - i : i)];
    return value;
}

static uint32_t big(Span span, size_t at, int count) {
    return number(span, at, count, false);
}

static bool has(Span span, size_t at, const char *text, size_t length) {
    return at <= span.size && length <= span.size - at && !memcmp(span.bytes + at, text, length);
}

/* The stretch's part from `at` on, of `size` bytes or of as many as there are. */
static Span part(Span span, size_t at, size_t size) {
    if (at > span.size)
        at = span.size;
    if (size > span.size - at)
        size = span.size - at;
    return (Span){span.bytes + at, size};
}

/* ------------------------------------------------------------------ Exif */

/* Of TIFF's structure, which Exif is written in. */
static int of_tiff(Span tiff) {
    bool little = has(tiff, 0, "II*\0", 4);
    if (!little && !has(tiff, 0, "MM\0*", 4))
        return UPRIGHT;
    size_t directory = number(tiff, 4, 4, little);
    uint32_t entries = number(tiff, directory, 2, little);
    for (uint32_t i = 0; i < entries; i++) {
        size_t entry = directory + 2 + 12 * (size_t)i;
        if (number(tiff, entry, 2, little) != EXIF_TAG)
            continue;
        uint32_t value = number(tiff, entry + 8, 2, little);
        bool sound = number(tiff, entry + 2, 2, little) == EXIF_SHORT && value >= 1 && value <= 8;
        return sound ? (int)value : UPRIGHT;
    }
    return UPRIGHT;
}

/* Some writers of WebP put JPEG's mark before the TIFF structure. */
static int of_exif(Span exif) {
    static const char mark[] = {'E', 'x', 'i', 'f', 0, 0};
    bool marked = has(exif, 0, mark, sizeof mark);
    return of_tiff(part(exif, marked ? sizeof mark : 0, exif.size));
}

/* Segments FF xx, length, up to the first scan. */
static int of_jpeg(Span file) {
    size_t at = 2;
    while (at + 4 <= file.size && file.bytes[at] == 0xff) {
        int marker = file.bytes[at + 1];
        if (marker == 0xff) { /* a fill byte */
            at++;
            continue;
        }
        if (marker == 0xda || marker == 0xd9)
            break;
        bool bare = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
        size_t length = bare ? 0 : big(file, at + 2, 2);
        if (marker == 0xe1 && has(file, at + 4, "Exif\0\0", 6))
            return of_exif(part(file, at + 4, length < 2 ? 0 : length - 2));
        at += 2 + length;
    }
    return UPRIGHT;
}

static int of_png(Span file) {
    for (size_t at = 8; at + 8 <= file.size;) {
        size_t length = big(file, at, 4);
        if (has(file, at + 4, "eXIf", 4))
            return of_exif(part(file, at + 8, length));
        at += 12 + length;
    }
    return UPRIGHT;
}

static int of_webp(Span file) {
    for (size_t at = 12; at + 8 <= file.size;) {
        size_t length = number(file, at + 4, 4, true);
        if (has(file, at, "EXIF", 4))
            return of_exif(part(file, at + 8, length));
        at += 8 + length + length % 2;
    }
    return UPRIGHT;
}

/* ------------------------------------------------------------------ AVIF and HEIF */

/* The content of the first box of that kind among those in the stretch; an empty one if there is
 * none. */
static Span box(Span span, const char *kind) {
    for (size_t at = 0; at + 8 <= span.size;) {
        size_t length = big(span, at, 4);
        if (length < 8)
            length = span.size - at; /* 0: up to the end; 64-bit lengths are for media data */
        if (has(span, at + 4, kind, 4))
            return part(span, at + 8, length - 8);
        at += length;
    }
    return (Span){span.bytes, 0};
}

/* The content and the kind of the box of that index, from 1 on; an empty one if there is none. */
static Span nth_box(Span span, uint32_t index, Span *kind) {
    for (size_t at = 0; at + 8 <= span.size && index; index--) {
        size_t length = big(span, at, 4);
        if (length < 8)
            break;
        *kind = part(span, at + 4, 4);
        if (index == 1)
            return part(span, at + 8, length - 8);
        at += length;
    }
    return (Span){span.bytes, 0};
}

typedef struct Matrix {
    double a, b, c, d;
} Matrix;

/* What comes of the first and then the second. */
static Matrix then(Matrix first, Matrix second) {
    return (Matrix){
        second.a * first.a + second.c * first.b, second.b * first.a + second.d * first.b,
        second.a * first.c + second.c * first.d, second.b * first.c + second.d * first.d};
}

static Matrix add_property(Matrix matrix, Span property, const Span *kind) {
    if (!property.size)
        return matrix;
    if (has(*kind, 0, "irot", 4)) /* quarter turns anticlockwise */
        for (int turns = property.bytes[0] & 3; turns > 0; turns--)
            matrix = then(matrix, (Matrix){0, -1, 1, 0});
    if (has(*kind, 0, "imir", 4))
        matrix =
            then(matrix, property.bytes[0] & 1 ? (Matrix){-1, 0, 0, 1} : (Matrix){1, 0, 0, -1});
    return matrix;
}

/* The primary item's properties, in the order in which they are to be applied. */
static int of_heif(Span file) {
    Span meta = box(file, "meta");
    meta = part(meta, 4, meta.size); /* version and flags */
    Span primary = box(meta, "pitm"), properties = box(meta, "iprp");
    Span list = box(properties, "ipco"), uses = box(properties, "ipma");
    uint32_t item = big(primary, 0, 1) ? big(primary, 4, 4) : big(primary, 4, 2);
    int item_bytes = big(uses, 0, 1) ? 4 : 2, index_bytes = big(uses, 3, 1) & 1 ? 2 : 1;
    uint32_t entries = big(uses, 4, 4);
    Matrix matrix = {1, 0, 0, 1};
    size_t at = 8;
    for (uint32_t i = 0; i < entries && at < uses.size; i++) {
        bool primary_one = big(uses, at, item_bytes) == item;
        uint32_t count = big(uses, at + (size_t)item_bytes, 1);
        at += (size_t)item_bytes + 1;
        for (uint32_t k = 0; k < count; k++, at += (size_t)index_bytes) {
            uint32_t index = big(uses, at, index_bytes) & (index_bytes == 2 ? 0x7fff : 0x7f);
            Span kind = {0};
            if (primary_one)
                matrix = add_property(matrix, nth_box(list, index, &kind), &kind);
        }
        if (primary_one)
            break;
    }
    return orientation_from_matrix(matrix.a, matrix.b, matrix.c, matrix.d);
}

int orientation_of(const uint8_t *bytes, size_t size) {
    Span file = {bytes, size};
    if (has(file, 0, "\xff\xd8\xff", 3))
        return of_jpeg(file);
    if (has(file, 0, "\x89PNG", 4))
        return of_png(file);
    if (has(file, 0, "RIFF", 4) && has(file, 8, "WEBP", 4))
        return of_webp(file);
    if (has(file, 4, "ftyp", 4))
        return of_heif(file);
    if (has(file, 0, "II*\0", 4) || has(file, 0, "MM\0*", 4))
        return of_tiff(file);
    return 0;
}

/* ------------------------------------------------------------------ making it upright */

/* What an orientation means: where the upright picture's pixel comes from. */
typedef struct Source {
    bool sideways;                      /* column and row change places, then */
    bool mirrored_column, mirrored_row; /* these are counted from the far end */
} Source;

static const Source sources[] = {
    [1] = {false, false, false}, [2] = {false, true, false}, [3] = {false, true, true},
    [4] = {false, false, true},  [5] = {true, false, false}, [6] = {true, false, true},
    [7] = {true, true, true},    [8] = {true, true, false},
};

int orientation_from_matrix(double a, double b, double c, double d) {
    bool sideways = fabs(b) + fabs(c) > fabs(a) + fabs(d);
    Source asked = {sideways, (sideways ? b : a) < 0, (sideways ? c : d) < 0};
    for (int value = 1; value <= 8; value++)
        if (sources[value].sideways == asked.sideways &&
            sources[value].mirrored_column == asked.mirrored_column &&
            sources[value].mirrored_row == asked.mirrored_row)
            return value;
    return UPRIGHT;
}

int orientation_apply(int orientation, const Image *from, Image *to, Error *error) {
    Source source = sources[orientation];
    if (image_fit(to, source.sideways ? from->height : from->width,
                  source.sideways ? from->width : from->height, from->channels, error))
        return -1;
    uint8_t *out = to->pixels;
    for (int y = 0; y < to->height; y++)
        for (int x = 0; x < to->width; x++, out += to->channels) {
            int column = source.sideways ? y : x, row = source.sideways ? x : y;
            if (source.mirrored_column)
                column = from->width - 1 - column;
            if (source.mirrored_row)
                row = from->height - 1 - row;
            size_t at = (size_t)row * (size_t)from->width + (size_t)column;
            memcpy(out, from->pixels + at * (size_t)from->channels, (size_t)to->channels);
        }
    return 0;
}
