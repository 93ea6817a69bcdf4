#include "tests/support/corner_pictures.h"

#include "datasets/media/png_file.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { WIDTH = 32, HEIGHT = 24 };

/* Bytes that grow as they are put together. */
typedef struct Bytes {
    unsigned char at[8192];
    size_t size;
} Bytes;

static void put(Bytes *out, const void *bytes, size_t count) {
    ck_assert_uint_le(out->size + count, sizeof out->at);
    memcpy(out->at + out->size, bytes, count);
    out->size += count;
}

static void put_number(Bytes *out, uint32_t value, int bytes, bool little) {
    for (int i = 0; i < bytes; i++)
        put(out, &(unsigned char){(unsigned char)(value >> 8 * (little ? i : bytes - 1 - i))}, 1);
}

static void put_entry(Bytes *out, uint32_t tag, uint32_t type, uint32_t value, bool little) {
    put_number(out, tag, 2, little);
    put_number(out, type, 2, little);
    put_number(out, 1, 4, little);
    if (type == 3)
        put_number(out, value, 2, little);
    put_number(out, type == 3 ? 0 : value, type == 3 ? 2 : 4, little);
}

/* TIFF's structure with nothing but an orientation; in both orders of bytes. */
static Bytes exif(int orientation) {
    Bytes out = {.size = 0};
    bool little = orientation % 2;
    put(&out, little ? "II*\0" : "MM\0*", 4);
    put_number(&out, 8, 4, little);
    put_number(&out, 1, 2, little);
    put_entry(&out, 0x112, 3, (uint32_t)orientation, little);
    put_number(&out, 0, 4, little);
    return out;
}

static Bytes jpeg(int orientation) {
    size_t size;
    unsigned char *plain = file_bytes("tests/fixtures/corners_32x24.jpg", &size);
    Bytes note = exif(orientation), out = {.size = 0};
    put(&out, plain, 2);
    put(&out, "\xff\xe1", 2);
    put_number(&out, (uint32_t)note.size + 8, 2, false);
    put(&out, "Exif\0\0", 6);
    put(&out, note.at, note.size);
    put(&out, plain + 2, size - 2);
    free(plain);
    return out;
}

static void pixel(int x, int y, unsigned char rgb[3]) {
    bool right = x >= WIDTH / 2, low = y >= HEIGHT / 2;
    rgb[0] = right == low ? 255 : 0;
    rgb[1] = right ? 255 : 0;
    rgb[2] = low ? 255 : 0;
}

static Bytes png(int orientation) {
    enum { HEAD = 33 }; /* signature and IHDR */
    Image picture;
    ck_assert(!image_create(&picture, WIDTH, HEIGHT, IMAGE_RGB, NULL));
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            pixel(x, y, picture.pixels + 3 * (y * WIDTH + x));
    const char *path = scratch_path("plain.png");
    ck_assert(!png_file_write(path, &picture, NULL));
    image_free(&picture);
    size_t size;
    unsigned char *plain = file_bytes(path, &size);
    Bytes note = exif(orientation), out = {.size = 0};
    put(&out, plain, HEAD);
    put_number(&out, (uint32_t)note.size, 4, false);
    size_t start = out.size;
    put(&out, "eXIf", 4);
    put(&out, note.at, note.size);
    put_number(&out, (uint32_t)crc32(0, out.at + start, (uInt)(out.size - start)), 4, false);
    put(&out, plain + HEAD, size - HEAD);
    free(plain);
    return out;
}

/* The simple form's only chunk becomes one of the extended form's. */
static Bytes webp(int orientation) {
    enum { HEAD = 12 };
    size_t size;
    unsigned char *plain = file_bytes("tests/fixtures/corners_32x24.webp", &size);
    Bytes note = exif(orientation), out = {.size = 0};
    put(&out, plain, HEAD);
    put(&out, "VP8X\x0a\0\0\0\x08\0\0\0", 12); /* with Exif */
    put_number(&out, WIDTH - 1, 3, true);
    put_number(&out, HEIGHT - 1, 3, true);
    put(&out, plain + HEAD, size - HEAD);
    put(&out, "EXIF", 4);
    put_number(&out, (uint32_t)note.size, 4, true);
    put(&out, note.at, note.size);
    size_t end = out.size;
    out.size = 4;
    put_number(&out, (uint32_t)end - 8, 4, true);
    out.size = end;
    free(plain);
    return out;
}

static Bytes tiff(int orientation) {
    enum { ENTRIES = 9, PIXELS = 8 + 2 + ENTRIES * 12 + 4 + 6 };
    static const uint32_t tags[][2] = {{256, WIDTH}, {257, HEIGHT}, {259, 1}, {262, 2}};
    Bytes out = {.size = 0};
    bool little = orientation % 2;
    put(&out, little ? "II*\0" : "MM\0*", 4);
    put_number(&out, 8, 4, little);
    put_number(&out, ENTRIES, 2, little);
    put_entry(&out, tags[0][0], 3, tags[0][1], little);
    put_entry(&out, tags[1][0], 3, tags[1][1], little);
    put_number(&out, 258, 2, little); /* bits of the three samples, which do not fit in here */
    put_number(&out, 3, 2, little);
    put_number(&out, 3, 4, little);
    put_number(&out, PIXELS - 6, 4, little);
    put_entry(&out, tags[2][0], 3, tags[2][1], little);
    put_entry(&out, tags[3][0], 3, tags[3][1], little);
    put_entry(&out, 273, 4, PIXELS, little);
    put_entry(&out, 274, 3, (uint32_t)orientation, little);
    put_entry(&out, 277, 3, 3, little);
    put_entry(&out, 279, 4, WIDTH * HEIGHT * 3, little);
    put_number(&out, 0, 4, little);
    for (int i = 0; i < 3; i++)
        put_number(&out, 8, 2, little);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
        unsigned char rgb[3];
        pixel(i % WIDTH, i / WIDTH, rgb);
        put(&out, rgb, 3);
    }
    return out;
}

/* The fixture has both properties, and applies the turn (anticlockwise) before the mirroring, of
 * which there is always one: about the horizontal axis (0) or the vertical (1). */
static Bytes avif(int orientation) {
    /* Turn and axis that make the odd ones of Exif's; the even ones have no mirroring. */
    static const unsigned char turns[9] = {0, 0, 0, 2, 0, 1, 3, 3, 1};
    static const unsigned char axes[9] = {0, 0, 1, 0, 0, 0, 0, 0, 0};
    static const bool mirrored[9] = {0, 0, 1, 0, 1, 1, 0, 1, 0};
    size_t size;
    unsigned char *plain = file_bytes("tests/fixtures/corners_32x24.avif", &size);
    Bytes out = {.size = 0};
    put(&out, plain, size);
    free(plain);
    unsigned char *irot = memmem(out.at, size, "irot", 4), *imir = memmem(out.at, size, "imir", 4);
    irot[4] = turns[orientation];
    imir[4] = axes[orientation];
    if (!mirrored[orientation])
        memcpy(imir, "free", 4);
    return out;
}

unsigned char *corner_picture(CornerFormat format, int orientation, size_t *size) {
    static Bytes (*const makers[CORNER_FORMATS])(int) = {
        [CORNER_JPEG] = jpeg, [CORNER_PNG] = png,   [CORNER_WEBP] = webp,
        [CORNER_TIFF] = tiff, [CORNER_AVIF] = avif,
    };
    Bytes made = makers[format](orientation);
    unsigned char *bytes = malloc(made.size);
    ck_assert_ptr_nonnull(bytes);
    *size = made.size;
    return memcpy(bytes, made.at, made.size);
}

/* The colour of a pixel as a letter. */
static char letter(const Image *picture, int x, int y) {
    const uint8_t *rgb = picture->pixels + 3 * (y * picture->width + x);
    return rgb[0] > 128 ? rgb[1] > 128 ? 'w' : 'r' : rgb[1] > 128 ? 'g' : 'b';
}

void assert_corners(const Image *picture, int orientation) {
    static const char *const expected[9] = {NULL,   "rgbw", "grwb", "wbgr", "bwrg",
                                            "rbgw", "brwg", "wgbr", "gwrb"};
    bool sideways = orientation > 4;
    ck_assert_int_eq(picture->width, sideways ? HEIGHT : WIDTH);
    ck_assert_int_eq(picture->height, sideways ? WIDTH : HEIGHT);
    int right = picture->width - 3, low = picture->height - 3;
    char corners[5] = {letter(picture, 2, 2), letter(picture, right, 2), letter(picture, 2, low),
                       letter(picture, right, low), 0};
    ck_assert_msg(!strcmp(corners, expected[orientation]), "orientation %d: %s, expected %s",
                  orientation, corners, expected[orientation]);
}
