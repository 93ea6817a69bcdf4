/* Pictures of all kinds and of none. */
#include "datasets/media/picture.h"

#include "datasets/media/ffmpeg.h"
#include "datasets/media/png_file.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>

static void assert_refused(const char *path, const char *reason) {
    Image image = {0};
    Error error;
    ck_assert_msg(picture_read(path, IMAGE_GREY, &image, &error) == -1, "%s was read", path);
    assert_contains(error.message, reason);
    assert_contains(error.message, path);
}

START_TEST(a_png_comes_in_the_channels_asked_for) {
    Image made, grey = {0}, colour = {0};
    Error error;
    ck_assert_int_eq(image_create(&made, 3, 2, IMAGE_RGBA, &error), 0);
    static const uint8_t half_red[4] = {255, 0, 0, 128};
    memcpy(made.pixels, half_red, 4); /* on white: 255, 127, 127 */
    const char *path = scratch_path("a.png");
    ck_assert_int_eq(png_file_write(path, &made, &error), 0);
    ck_assert_int_eq(picture_read(path, IMAGE_GREY, &grey, &error), 0);
    ck_assert_int_eq(picture_read(path, IMAGE_RGB, &colour, &error), 0);
    ck_assert_int_eq(grey.channels, IMAGE_GREY);
    ck_assert_int_eq(colour.channels, IMAGE_RGB);
    ck_assert_int_eq(colour.pixels[0], 255);
    ck_assert_int_eq(colour.pixels[1], 127);
    ck_assert_int_eq(colour.pixels[3], 255); /* transparent: white */
    ck_assert_int_eq(grey.pixels[1], 255);
    image_free(&made);
    image_free(&grey);
    image_free(&colour);
}
END_TEST

START_TEST(what_is_no_picture_is_refused) {
    assert_refused(scratch_write("empty.jpg", ""), "empty");
    assert_refused(scratch_write("text.jpg", "this is no picture at all, whatever its name says"),
                   "not a");
    assert_refused(scratch_path("missing.jpg"), "No such file");
    /* A format that can point to other files is not opened as a picture. */
    assert_refused(scratch_write("list.m3u8", "#EXTM3U\n#EXTINF:1,\nother.ts\n"), "not a");
}
END_TEST

#ifdef HAVE_FFMPEG

START_TEST(what_is_transparent_shows_white_in_every_format) {
    static const char pam[] = "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\n"
                              "ENDHDR\n\xff\0\0\x80\0\0\0\0"; /* half red, nothing */
    const char *path = scratch_write_bytes("a.pam", pam, sizeof pam - 1);
    Image grey = {0}, colour = {0};
    Error error;
    ck_assert_msg(!picture_read(path, IMAGE_RGB, &colour, &error), "%s", error.message);
    ck_assert_int_eq(picture_read(path, IMAGE_GREY, &grey, &error), 0);
    static const uint8_t expected[] = {255, 127, 127, 255, 255, 255};
    ck_assert_mem_eq(colour.pixels, expected, sizeof expected);
    ck_assert_int_le(abs(grey.pixels[0] - 165), 1); /* 76 · 128 / 255 + 127 */
    ck_assert_int_eq(grey.pixels[1], 255);
    image_free(&grey);
    image_free(&colour);
}
END_TEST

START_TEST(a_jpeg_is_read) {
    Image grey = {0}, colour = {0};
    Error error;
    ck_assert_int_eq(picture_read("tests/fixtures/gradient_32x24.jpg", IMAGE_RGB, &colour, &error),
                     0);
    ck_assert_int_eq(picture_read("tests/fixtures/gradient_32x24.jpg", IMAGE_GREY, &grey, &error),
                     0);
    ck_assert(colour.width == 32 && colour.height == 24 && colour.channels == IMAGE_RGB);
    ck_assert(grey.width == 32 && grey.height == 24 && grey.channels == IMAGE_GREY);
    const uint8_t *top = colour.pixels, *bottom = colour.pixels + 3 * (32 * 24 - 1);
    ck_assert(top[0] > 200 && top[2] < 60 && bottom[0] < 60 && bottom[2] > 200);
    ck_assert_int_le(abs(grey.pixels[0] - 76), 8);           /* red's luma */
    ck_assert_int_le(abs(grey.pixels[32 * 24 - 1] - 29), 8); /* blue's */
    image_free(&grey);
    image_free(&colour);
}
END_TEST

START_TEST(a_picture_taken_sideways_is_turned_upright) {
    /* As gradient_32x24.jpg, red above blue, with the note that its left side belongs above … */
    Image colour = {0};
    Error error;
    ck_assert_int_eq(picture_read("tests/fixtures/sideways_32x24.jpg", IMAGE_RGB, &colour, &error),
                     0);
    ck_assert(colour.width == 24 && colour.height == 32);
    const uint8_t *left = colour.pixels, *right = colour.pixels + 3 * 23;
    ck_assert(right[0] > 200 && right[2] < 60 && left[0] < 60 &&
              left[2] > 200); /* … so red is right */
    image_free(&colour);
}
END_TEST

START_TEST(a_jpeg_cut_anywhere_is_refused) {
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_int_eq(file_read("tests/fixtures/gradient_32x24.jpg", 1 << 20, &bytes, &size, &error),
                     0);
    for (size_t length = 1; length < size; length++) {
        unsigned char *cut = malloc(length);
        memcpy(cut, bytes, length);
        Image image = {0};
        bool read = !picture_decode("cut.jpg", cut, length, IMAGE_RGB, &image, &error);
        ck_assert_msg(!read, "%zu of %zu bytes were read", length, size);
        free(cut);
    }
    free(bytes);
}
END_TEST

/* Every second byte of them is enough to see where a decoder stops noticing. */
START_TEST(pictures_cut_in_the_middle_are_refused) {
    static const char *const names[] = {
        "tests/fuzz/corpus/picture/small.bmp", "tests/fuzz/corpus/picture/small.gif",
        "tests/fuzz/corpus/picture/small.png", "tests/fuzz/corpus/picture/small.ppm",
        "tests/fixtures/corners_32x24.webp",   "tests/fixtures/corners_32x24.avif"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size;
        unsigned char *bytes = file_bytes(names[i], &size);
        Image image = {0};
        Error error;
        ck_assert_msg(!picture_decode(names[i], bytes, size, IMAGE_RGB, &image, &error), "%s",
                      error.message);
        image_free(&image);
        for (size_t length = 2; length < size * 9 / 10; length += 2)
            ck_assert_msg(picture_decode(names[i], bytes, length, IMAGE_RGB, &image, &error) == -1,
                          "%s: %zu of %zu bytes were read", names[i], length, size);
        free(bytes);
    }
}
END_TEST

START_TEST(a_tga_is_known_without_a_name) {
    static const unsigned char bytes[18 + 2 * 2 * 3] = {
        [2] = 2,    [12] = 2, [14] = 2, [16] = 24, [17] = 0x20, /* from the top */
        [20] = 255,                                             /* blue, green, red */
        [21] = 255};
    Image image = {0};
    Error error;
    ck_assert(picture_recognise(bytes, sizeof bytes));
    ck_assert_msg(!picture_decode("a", bytes, sizeof bytes, IMAGE_RGB, &image, &error), "%s",
                  error.message);
    ck_assert(image.width == 2 && image.height == 2);
    static const uint8_t expected[6] = {255, 0, 0, 0, 0, 255};
    ck_assert_mem_eq(image.pixels, expected, 6);
    image_free(&image);
    ck_assert(picture_decode("a", bytes, 20, IMAGE_RGB, &image, &error) == -1);
}
END_TEST

START_TEST(a_heic_is_named_with_the_way_out) {
    static const unsigned char bytes[32] = "\0\0\0\x18"
                                           "ftypheic\0\0\0\0mif1heic";
    Image image = {0};
    Error error;
    ck_assert(picture_recognise(bytes, sizeof bytes));
    ck_assert(picture_decode("a.heic", bytes, sizeof bytes, IMAGE_RGB, &image, &error) == -1);
    assert_contains(error.message, "heif-convert");
}
END_TEST

START_TEST(an_animated_webp_is_named_with_the_way_out) {
    static const unsigned char bytes[64] = "RIFF\x38\0\0\0WEBPVP8X\x0a\0\0\0\x02";
    Image image = {0};
    Error error;
    ck_assert(picture_recognise(bytes, sizeof bytes));
    ck_assert(picture_decode("a.webp", bytes, sizeof bytes, IMAGE_RGB, &image, &error) == -1);
    assert_contains(error.message, "webpmux");
}
END_TEST

START_TEST(a_picture_that_claims_to_be_huge_is_refused) {
    assert_refused(scratch_write("huge.pgm", "P5\n2000000 2000000 255\n0000"), "");
    assert_refused(scratch_write("none.pgm", "P5\n0 0 255\n0000"), "");
}
END_TEST

/* FFmpeg's guess would be a Soundtracker module. */
START_TEST(a_dark_picture_is_no_sound) {
    enum { SIDE = 224 };
    static unsigned char bytes[15 + SIDE * SIDE] = "P5\n224 224\n255\n";
    bytes[15 + 90] = bytes[15 + 328] = bytes[15 + 567] = 1;
    Image image = {0};
    Error error;
    ck_assert(picture_recognise(bytes, sizeof bytes));
    ck_assert_msg(!picture_decode("dark.pgm", bytes, sizeof bytes, IMAGE_GREY, &image, &error),
                  "%s", error.message);
    ck_assert_mem_eq(image.pixels, bytes + 15, SIDE * SIDE);
    image_free(&image);
    static const unsigned char text[] = "P5 is not what this text is about";
    ck_assert(!picture_recognise(text, sizeof text - 1));
}
END_TEST

START_TEST(the_smallest_and_a_large_picture_are_read) {
    Image image = {0};
    Error error;
    ck_assert_int_eq(picture_read(scratch_write_bytes("one.pgm", "P5\n1 1 255\n\x80", 12),
                                  IMAGE_GREY, &image, &error),
                     0);
    ck_assert(image.width == 1 && image.height == 1 && image.pixels[0] == 0x80);
    image_free(&image);
    enum { SIDE = 8000 };
    size_t head = 17, size = head + (size_t)SIDE * SIDE;
    char *large = calloc(size, 1);
    memcpy(large, "P5\n8000 8000 255\n", head);
    ck_assert_int_eq(
        picture_decode("large.pgm", (unsigned char *)large, size, IMAGE_GREY, &image, &error), 0);
    ck_assert_int_eq(image.width, SIDE);
    image_free(&image);
    free(large);
}
END_TEST

#else

START_TEST(without_ffmpeg_the_packages_are_named) {
    assert_refused("tests/fixtures/gradient_32x24.jpg", "libavcodec-dev");
}
END_TEST

#endif

Suite *picture_suite(void) {
    Suite *suite = suite_create("picture");
    TCase *tcase = tcase_create("picture");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_png_comes_in_the_channels_asked_for);
    tcase_add_test(tcase, what_is_no_picture_is_refused);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, what_is_transparent_shows_white_in_every_format);
    tcase_add_test(tcase, a_jpeg_is_read);
    tcase_add_test(tcase, a_picture_taken_sideways_is_turned_upright);
    tcase_add_test(tcase, a_jpeg_cut_anywhere_is_refused);
    tcase_add_test(tcase, pictures_cut_in_the_middle_are_refused);
    tcase_add_test(tcase, a_tga_is_known_without_a_name);
    tcase_add_test(tcase, a_heic_is_named_with_the_way_out);
    tcase_add_test(tcase, an_animated_webp_is_named_with_the_way_out);
    tcase_add_test(tcase, a_picture_that_claims_to_be_huge_is_refused);
    tcase_add_test(tcase, a_dark_picture_is_no_sound);
    tcase_add_test(tcase, the_smallest_and_a_large_picture_are_read);
#else
    tcase_add_test(tcase, without_ffmpeg_the_packages_are_named);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
