/* Entries of TIFF's directories, and that what is damaged is refused though others are unknown. */
#include "datasets/media/tiff_directory.h"

#include "datasets/media/ffmpeg.h"
#include "datasets/media/picture.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 16, HEIGHT = 8, PACKBITS = 32773, ENTRIES = 9, DIRECTORY = 8, PIXELS = 160 };

/* A grey picture in rows of one run each, big-endian; the unit of resolution (296) is one of the
 * entries that FFmpeg's decoder does not know. */
typedef struct Tiff {
    uint8_t bytes[PIXELS + 2 * HEIGHT];
    int entries;
} Tiff;

static void add(Tiff *tiff, int tag, int value) {
    uint8_t *entry = tiff->bytes + DIRECTORY + 2 + 12 * tiff->entries++;
    const uint8_t all[12] = {(uint8_t)(tag >> 8),   (uint8_t)tag,   0, 3, 0, 0, 0, 1,
                             (uint8_t)(value >> 8), (uint8_t)value, 0, 0};
    memcpy(entry, all, sizeof all);
    tiff->bytes[DIRECTORY + 1] = (uint8_t)tiff->entries;
}

static Tiff made(int compression, int stored_rows) {
    Tiff tiff = {.bytes = "MM\0*\0\0\0\10"};
    add(&tiff, 256, WIDTH);
    add(&tiff, 257, HEIGHT);
    add(&tiff, 258, 8);
    add(&tiff, 259, compression);
    add(&tiff, 262, 1);
    add(&tiff, 273, PIXELS);
    add(&tiff, 278, HEIGHT);
    add(&tiff, 279, 2 * stored_rows);
    add(&tiff, 296, 2);
    ck_assert_int_eq(tiff.entries, ENTRIES);
    for (int row = 0; row < HEIGHT; row++) {
        tiff.bytes[PIXELS + 2 * row] = 1 - WIDTH + 256;
        tiff.bytes[PIXELS + 2 * row + 1] = (uint8_t)(100 + row);
    }
    return tiff;
}

START_TEST(what_does_not_tell_of_pixels_is_left_out) {
    Tiff tiff = made(PACKBITS, HEIGHT);
    ck_assert(tiff_reduce(tiff.bytes, sizeof tiff.bytes));
    ck_assert_int_eq(tiff.bytes[DIRECTORY + 1], ENTRIES - 1);
    Tiff same = tiff;
    ck_assert(tiff_reduce(same.bytes, sizeof same.bytes));
    ck_assert_mem_eq(same.bytes, tiff.bytes, sizeof tiff.bytes);
}
END_TEST

START_TEST(raw_pictures_of_cameras_are_left_alone) {
    static const int tags[] = {330, 50706};
    Tiff tiff = made(7, HEIGHT);
    ck_assert(tiff_is_jpeg(tiff.bytes, sizeof tiff.bytes));
    add(&tiff, tags[_i], 1);
    Tiff same = tiff;
    ck_assert(!tiff_reduce(tiff.bytes, sizeof tiff.bytes));
    ck_assert_mem_eq(same.bytes, tiff.bytes, sizeof tiff.bytes);
    ck_assert_int_eq(tiff_is_jpeg(tiff.bytes, sizeof tiff.bytes), tags[_i] != 50706);
}
END_TEST

START_TEST(a_directory_cut_off_is_none) {
    const Tiff tiff = made(7, HEIGHT);
    for (size_t size = 0; size < DIRECTORY + 2 + 12 * ENTRIES; size++) {
        uint8_t *part = malloc(size ? size : 1); /* under the sanitizers: reads no further */
        memcpy(part, tiff.bytes, size);
        ck_assert(!tiff_is_jpeg(part, size));
        ck_assert(!tiff_reduce(part, size));
        free(part);
    }
}
END_TEST

#ifdef HAVE_FFMPEG

START_TEST(a_tiff_whose_pixels_end_early_is_refused) {
    Image image;
    Error error;
    Tiff tiff = made(PACKBITS, HEIGHT);
    ck_assert_msg(
        !picture_decode("a.tif", tiff.bytes, sizeof tiff.bytes, IMAGE_GREY, &image, &error), "%s",
        error.message);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        ck_assert_int_eq(image.pixels[i], 100 + i / WIDTH);
    image_free(&image);
    tiff = made(PACKBITS, HEIGHT / 2);
    ck_assert_int_eq(
        picture_decode("a.tif", tiff.bytes, sizeof tiff.bytes, IMAGE_GREY, &image, &error), -1);
    assert_contains(error.message, "damaged");
}
END_TEST

START_TEST(a_tiff_compressed_as_jpeg_is_named) {
    Image image;
    Error error;
    for (int kind = 6; kind <= 7; kind++) {
        Tiff tiff = made(kind, HEIGHT);
        ck_assert_int_eq(
            picture_decode("a.tif", tiff.bytes, sizeof tiff.bytes, IMAGE_GREY, &image, &error), -1);
        assert_contains(error.message, "a.tif: a TIFF compressed as JPEG");
    }
}
END_TEST

#endif

Suite *tiff_directory_suite(void) {
    Suite *suite = suite_create("tiff_directory");
    TCase *tcase = tcase_create("tiff_directory");
    tcase_add_test(tcase, what_does_not_tell_of_pixels_is_left_out);
    tcase_add_loop_test(tcase, raw_pictures_of_cameras_are_left_alone, 0, 2);
    tcase_add_test(tcase, a_directory_cut_off_is_none);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, a_tiff_whose_pixels_end_early_is_refused);
    tcase_add_test(tcase, a_tiff_compressed_as_jpeg_is_named);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
