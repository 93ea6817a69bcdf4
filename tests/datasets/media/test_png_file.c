/* PNG files: every kind there is, round trips, damage. */
#include "datasets/media/png_file.h"

#include "nn/base/rng.h"
#include "nn/io/file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <png.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { WIDTH = 13, HEIGHT = 9 }; /* odd, so that every pass of interlacing has ragged edges */

typedef struct Kind {
    int colour, depth;
    bool transparent; /* with a tRNS chunk */
    ImageChannels channels;
} Kind;

static const Kind kinds[] = {
    {PNG_COLOR_TYPE_GRAY, 1, false, IMAGE_GREY},
    {PNG_COLOR_TYPE_GRAY, 2, false, IMAGE_GREY},
    {PNG_COLOR_TYPE_GRAY, 4, false, IMAGE_GREY},
    {PNG_COLOR_TYPE_GRAY, 8, false, IMAGE_GREY},
    {PNG_COLOR_TYPE_GRAY, 16, false, IMAGE_GREY},
    {PNG_COLOR_TYPE_GRAY, 8, true, IMAGE_RGBA},
    {PNG_COLOR_TYPE_RGB, 8, false, IMAGE_RGB},
    {PNG_COLOR_TYPE_RGB, 16, false, IMAGE_RGB},
    {PNG_COLOR_TYPE_RGB, 8, true, IMAGE_RGBA},
    {PNG_COLOR_TYPE_PALETTE, 1, false, IMAGE_RGB},
    {PNG_COLOR_TYPE_PALETTE, 2, false, IMAGE_RGB},
    {PNG_COLOR_TYPE_PALETTE, 4, false, IMAGE_RGB},
    {PNG_COLOR_TYPE_PALETTE, 8, false, IMAGE_RGB},
    {PNG_COLOR_TYPE_PALETTE, 8, true, IMAGE_RGBA},
    {PNG_COLOR_TYPE_GRAY_ALPHA, 8, false, IMAGE_RGBA},
    {PNG_COLOR_TYPE_GRAY_ALPHA, 16, false, IMAGE_RGBA},
    {PNG_COLOR_TYPE_RGB_ALPHA, 8, false, IMAGE_RGBA},
    {PNG_COLOR_TYPE_RGB_ALPHA, 16, false, IMAGE_RGBA},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* The sample of each channel in the kind's own depth. */
static unsigned sample(const Kind *kind, int x, int y, int channel) {
    unsigned most = (1u << kind->depth) - 1;
    unsigned value = (unsigned)(x * 37 + y * 101 + channel * 53) & most;
    return kind->depth == 16 ? value * 257u & 0xFFFF
                             : value; /* 16 bits: values that 8 bits can hold */
}

static int samples_of_a_pixel(const Kind *kind) {
    return kind->colour == PNG_COLOR_TYPE_RGB          ? 3
           : kind->colour == PNG_COLOR_TYPE_RGB_ALPHA  ? 4
           : kind->colour == PNG_COLOR_TYPE_GRAY_ALPHA ? 2
                                                       : 1;
}

static png_color palette_colour(unsigned index) {
    return (png_color){(png_byte)(index * 5), (png_byte)(255 - index), (png_byte)(index * 77)};
}

/* What decoding should give for one channel of RGBA. */
static unsigned expected_sample(const Kind *kind, int x, int y, int channel) {
    unsigned most = (1u << kind->depth) - 1, first = sample(kind, x, y, 0);
    if (kind->colour == PNG_COLOR_TYPE_PALETTE) {
        png_color colour = palette_colour(first);
        return channel == 0                     ? colour.red
               : channel == 1                   ? colour.green
               : channel == 2                   ? colour.blue
               : kind->transparent && first < 2 ? 100 + first
                                                : 255;
    }
    bool colourful = kind->colour & PNG_COLOR_MASK_COLOR;
    if (channel == 3) {
        if (kind->colour & PNG_COLOR_MASK_ALPHA)
            return sample(kind, x, y, colourful ? 3 : 1) * 255 / most;
        bool keyed = sample(kind, 0, 0, 0) == first;
        return kind->transparent && keyed ? 0 : 255;
    }
    return sample(kind, x, y, colourful ? channel : 0) * 255 / most;
}

static void collect(png_structp png, png_bytep bytes, png_size_t size) {
    ck_assert_uint_eq(fwrite(bytes, 1, size, png_get_io_ptr(png)), size);
}

static void flush(png_structp png) {
    (void)png;
}

static void describe(png_structp png, png_infop info, const Kind *kind, bool interlaced) {
    png_set_IHDR(png, info, WIDTH, HEIGHT, kind->depth, kind->colour,
                 interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (kind->colour == PNG_COLOR_TYPE_PALETTE) {
        png_color palette[256];
        for (unsigned i = 0; i < 256; i++)
            palette[i] = palette_colour(i);
        png_set_PLTE(png, info, palette, 1 << kind->depth);
    }
    if (kind->transparent) {
        png_color_16 key = {.gray = (png_uint_16)sample(kind, 0, 0, 0),
                            .red = (png_uint_16)sample(kind, 0, 0, 0),
                            .green = (png_uint_16)sample(kind, 0, 0, 1),
                            .blue = (png_uint_16)sample(kind, 0, 0, 2)};
        png_set_tRNS(png, info, (png_byte[]){100, 101}, 2, &key);
    }
    png_write_info(png, info);
}

/* Packs a row's samples as PNG has them: most significant bits first. */
static void pack_row(const Kind *kind, int y, png_byte *row) {
    int per_pixel = samples_of_a_pixel(kind), bit = 0;
    memset(row, 0, WIDTH * 8);
    for (int i = 0; i < WIDTH * per_pixel; i++, bit += kind->depth) {
        unsigned value = sample(kind, i / per_pixel, y, i % per_pixel);
        if (kind->depth == 16)
            row[bit / 8 + 1] = (png_byte)value, value >>= 8;
        row[bit / 8] |= (png_byte)(kind->depth >= 8 ? value : value << (8 - kind->depth - bit % 8));
    }
}

static char *encode(const Kind *kind, bool interlaced, size_t *size) {
    char *bytes;
    FILE *stream = open_memstream(&bytes, size);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, stream, collect, flush);
    describe(png, info, kind, interlaced);
    int passes = png_set_interlace_handling(png);
    png_byte row[WIDTH * 8];
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < HEIGHT; y++) {
            pack_row(kind, y, row);
            png_write_row(png, row);
        }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    fclose(stream);
    return bytes;
}

START_TEST(every_kind_of_png_is_read) {
    const Kind *kind = &kinds[_i / 2];
    size_t size;
    char *bytes = encode(kind, _i % 2, &size);
    Image image;
    Error error = {""};
    ck_assert_msg(!png_file_decode("test", (unsigned char *)bytes, size, &image, &error), "%s",
                  error.message);
    ck_assert_int_eq(image.width, WIDTH);
    ck_assert_int_eq(image.height, HEIGHT);
    ck_assert_int_eq(image.channels, kind->channels);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            const uint8_t *pixel = image.pixels + (y * WIDTH + x) * (int)image.channels;
            bool visible = expected_sample(kind, x, y, 3) !=
                           0; /* the colour of what cannot be seen may be lost */
            for (int channel = 0; channel < (int)image.channels; channel++) {
                unsigned expected = expected_sample(kind, x, y, channel);
                if (visible || channel == 3)
                    ck_assert_msg(abs((int)expected - pixel[channel]) <= (kind->depth == 16),
                                  "kind %d at %d,%d channel %d: %u, expected %u", _i / 2, x, y,
                                  channel, pixel[channel], expected);
            }
        }
    image_free(&image);
    free(bytes);
}
END_TEST

static int read_png(const char *path, Image *image, Error *error) {
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(file_read(path, 1 << 20, &bytes, &size, error), 0);
    int status = png_file_decode(path, bytes, size, image, error);
    free(bytes);
    return status;
}

START_TEST(a_picture_survives_writing_and_reading) {
    static const ImageChannels channels[] = {IMAGE_GREY, IMAGE_RGB, IMAGE_RGBA};
    Image image, back;
    Error error = {""};
    ck_assert_int_eq(image_create(&image, 31, 17, channels[_i], NULL), 0);
    size_t bytes = 31 * 17 * (size_t)channels[_i];
    for (size_t i = 0; i < bytes; i++)
        image.pixels[i] = (uint8_t)(i * 97 + i / 7);
    const char *path = scratch_path("picture.png");
    ck_assert_msg(!png_file_write(path, &image, &error), "%s", error.message);
    ck_assert_msg(!read_png(path, &back, &error), "%s", error.message);
    ck_assert_int_eq(back.channels, channels[_i]);
    ck_assert_int_eq(back.width, 31);
    ck_assert_mem_eq(back.pixels, image.pixels, bytes);
    image_free(&image);
    image_free(&back);
}
END_TEST

START_TEST(a_png_cut_at_any_byte_is_refused) {
    size_t size;
    char *bytes = encode(&kinds[_i], true, &size);
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *exact =
            malloc(cut + 1); /* so that reading past the end is seen by a sanitizer */
        memcpy(exact, bytes, cut);
        Image image;
        Error error = {""};
        ck_assert_msg(png_file_decode("cut.png", exact, cut, &image, &error),
                      "kind %d cut at %zu of %zu", _i, cut, size);
        assert_contains(error.message,
                        cut < 8 ? "cut.png: not a PNG file" : "cut.png: damaged PNG");
        ck_assert_ptr_null(image.pixels);
        free(exact);
    }
    free(bytes);
}
END_TEST

START_TEST(damaged_bytes_never_crash) {
    size_t size;
    char *bytes = encode(&kinds[_i], false, &size);
    for (size_t at = 8; at < size; at++) {
        bytes[at] ^= (char)(1 << at % 8);
        Image image;
        if (!png_file_decode("damaged.png", (unsigned char *)bytes, size, &image, NULL))
            image_free(&image);
        bytes[at] ^= (char)(1 << at % 8);
    }
    free(bytes);
}
END_TEST

START_TEST(a_header_that_promises_too_much_is_refused) {
    size_t size;
    char *bytes = encode(&kinds[3], false, &size);
    enum { WIDTH_AT = 16, IHDR_AT = 12, CHECK_AT = 29 };
    bytes[WIDTH_AT + 1] = 1; /* 65536 pixels and more */
    unsigned long check = 0xFFFFFFFFul;
    for (int i = IHDR_AT; i < CHECK_AT; i++) { /* CRC-32 as in the PNG specification, annex D */
        check ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            check = check & 1 ? 0xEDB88320ul ^ check >> 1 : check >> 1;
    }
    check ^= 0xFFFFFFFFul;
    for (int i = 0; i < 4; i++)
        bytes[CHECK_AT + i] = (char)(check >> (24 - 8 * i));
    Image image;
    Error error = {""};
    ck_assert_int_eq(png_file_decode("huge.png", (unsigned char *)bytes, size, &image, &error), -1);
    assert_contains(error.message, "huge.png: a picture of 65549 × 9 pixels");
    free(bytes);
}
END_TEST

START_TEST(files_that_are_no_png_or_cannot_be_written_are_named) {
    Image image;
    Error error = {""};
    ck_assert_int_eq(read_png(scratch_write("text.png", "GIF89a, in truth"), &image, &error), -1);
    assert_contains(error.message, "text.png: not a PNG file");
    ck_assert_int_eq(image_create(&image, 2, 2, IMAGE_GREY, NULL), 0);
    ck_assert_int_eq(png_file_write(scratch_path("no/such/folder.png"), &image, &error), -1);
    assert_contains(error.message, "no/such/folder.png");
    ck_assert_int_eq(png_file_write("/dev/full/x.png", &image, &error), -1);
    image_free(&image);
}
END_TEST

START_TEST(a_full_disk_is_named_and_leaves_nothing) {
    Image image;
    Error error;
    ck_assert_int_eq(image_create(&image, 200, 200, IMAGE_GREY, NULL), 0);
    for (size_t i = 0; i < 200 * 200; i++)
        image.pixels[i] = (uint8_t)(rng_bits(rng_seed(1), i) & 0xff);
    struct rlimit usual;
    signal(SIGXFSZ, SIG_IGN); /* a limit of the file's size stands in for that of the disk */
    getrlimit(RLIMIT_FSIZE, &usual);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, usual.rlim_max});
    int status = png_file_write(scratch_path("noise.png"), &image, &error);
    setrlimit(RLIMIT_FSIZE, &usual);
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "noise.png");
    assert_contains(error.message, "File too large");
    ck_assert(!file_exists(scratch_path("noise.png")));
    image_free(&image);
}
END_TEST

Suite *png_file_suite(void) {
    Suite *suite = suite_create("png_file");
    TCase *tcase = tcase_create("files");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_loop_test(tcase, every_kind_of_png_is_read, 0, 2 * KINDS);
    tcase_add_loop_test(tcase, a_picture_survives_writing_and_reading, 0, 3);
    tcase_add_loop_test(tcase, a_png_cut_at_any_byte_is_refused, 0, KINDS);
    tcase_add_loop_test(tcase, damaged_bytes_never_crash, 0, KINDS);
    tcase_add_test(tcase, a_header_that_promises_too_much_is_refused);
    tcase_add_test(tcase, files_that_are_no_png_or_cannot_be_written_are_named);
    tcase_add_test(tcase, a_full_disk_is_named_and_leaves_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}
