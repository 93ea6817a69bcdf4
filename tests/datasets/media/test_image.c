/* Pictures in memory: grey conversion, crops, resizing. */
#include "datasets/media/image.h"
#include "nn/base/rng.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

START_TEST(absurd_sizes_are_refused_before_allocation) {
    static const int sizes[][2] = {{0, 1},
                                   {1, 0},
                                   {-1, 5},
                                   {IMAGE_LARGEST_SIDE + 1, 1},
                                   {IMAGE_LARGEST_SIDE, IMAGE_LARGEST_SIDE}};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Image image;
        ck_assert_int_eq(image_create(&image, sizes[i][0], sizes[i][1], IMAGE_RGBA, NULL), -1);
        ck_assert_ptr_null(image.pixels);
    }
}
END_TEST

static unsigned grey_of(ImageChannels channels, const uint8_t *pixel) {
    Image image, grey;
    ck_assert_int_eq(image_create(&image, 1, 1, channels, NULL), 0);
    memcpy(image.pixels, pixel, channels);
    ck_assert_int_eq(image_create(&grey, image.width, image.height, IMAGE_GREY, NULL), 0);
    image_flatten(&image, &grey);
    unsigned value = grey.pixels[0];
    image_free(&image);
    image_free(&grey);
    return value;
}

START_TEST(grey_is_bt601_luma_and_keeps_grey_colours) {
    for (unsigned v = 0; v < 256; v++) {
        uint8_t pixel[] = {(uint8_t)v, (uint8_t)v, (uint8_t)v, 255};
        for (unsigned i = 0; i < 3; i++)
            ck_assert_uint_eq(
                grey_of((ImageChannels[]){IMAGE_GREY, IMAGE_RGB, IMAGE_RGBA}[i], pixel), v);
    }
    ck_assert_uint_eq(grey_of(IMAGE_RGB, (uint8_t[]){255, 0, 0}), 76);
    ck_assert_uint_eq(grey_of(IMAGE_RGB, (uint8_t[]){0, 255, 0}), 150);
    ck_assert_uint_eq(grey_of(IMAGE_RGB, (uint8_t[]){0, 0, 255}), 29);
}
END_TEST

START_TEST(what_is_transparent_shows_white) {
    ck_assert_uint_eq(grey_of(IMAGE_RGBA, (uint8_t[]){0, 0, 0, 0}), 255);
    ck_assert_uint_eq(grey_of(IMAGE_RGBA, (uint8_t[]){0, 0, 0, 128}), 127);
}
END_TEST

/* A grey image whose pixel is 10 · row + column. */
static Image numbered(int width, int height) {
    Image image;
    ck_assert_int_eq(image_create(&image, width, height, IMAGE_GREY, NULL), 0);
    for (int i = 0; i < width * height; i++)
        image.pixels[i] = (uint8_t)(10 * (i / width) + i % width);
    return image;
}

START_TEST(resizing_to_the_same_size_copies) {
    Image image = numbered(7, 9);
    uint8_t same[63];
    image_resize(image_view(&image), same, 7, 9);
    ck_assert_mem_eq(same, image.pixels, sizeof same);
    image_free(&image);
}
END_TEST

START_TEST(resizing_keeps_an_even_shade_and_a_slope) {
    static const int sizes[] = {5, 31, 48, 49, 200, 333};
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Image image;
        int size = sizes[i];
        ck_assert_int_eq(image_create(&image, size, size, IMAGE_GREY, NULL), 0);
        uint8_t small[48 * 48];
        memset(image.pixels, 93, (size_t)size * (size_t)size);
        image_resize(image_view(&image), small, 48, 48);
        for (int p = 0; p < 48 * 48; p++)
            ck_assert_uint_eq(small[p], 93);
        for (int p = 0; p < size * size; p++)
            image.pixels[p] = (uint8_t)(((p % size) + 0.5f) / (float)size * 255);
        image_resize(image_view(&image), small, 48, 48);
        for (int p = 0; p < 48 * 48; p++) {
            int margin =
                size < 48 ? 48 / size + 1 : 2; /* beyond the last source pixel there is no slope */
            if (p % 48 >= margin && p % 48 < 48 - margin)
                ck_assert(fabs(small[p] - ((p % 48) + 0.5) / 48 * 255) < 2);
        }
        image_free(&image);
    }
}
END_TEST

START_TEST(shrinking_averages_instead_of_picking) {
    Image image;
    ck_assert_int_eq(image_create(&image, 480, 480, IMAGE_GREY, NULL), 0);
    for (int p = 0; p < 480 * 480; p++) /* coarse noise: what is picked is black or white */
        image.pixels[p] = rng_bits(rng_seed(2), (uint64_t)p) % 2 ? 255 : 0;
    uint8_t small[48 * 48];
    image_resize(image_view(&image), small, 48, 48);
    for (int p = 0; p < 48 * 48; p++)
        ck_assert_int_le(abs(small[p] - 127), 50);
    image_free(&image);
}
END_TEST

/* By the definition, sample by sample; the longest support that is enlarged, shrunk a little, and
 * by more than 64 (a row that has no room for its weights). */
START_TEST(resizing_weighs_by_a_triangle) {
    static const int widths[] = {20, 48, 61, 700, 5000};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        Image image;
        int width = widths[i], height = 37;
        enum { TO = 70, HIGH = 11 };
        uint8_t small[TO * HIGH];
        ck_assert_int_eq(image_create(&image, width, height, IMAGE_GREY, NULL), 0);
        for (int p = 0; p < width * height; p++)
            image.pixels[p] = (uint8_t)rng_bits(rng_seed(7), (uint64_t)p);
        image_resize(image_view(&image), small, TO, HIGH);
        double across = fmax(1, (double)width / TO), down = fmax(1, (double)height / HIGH);
        for (int p = 0; p < TO * HIGH; p++) {
            double x = (p % TO + 0.5) * width / TO - 0.5, y = (p / TO + 0.5) * height / HIGH - 0.5;
            double sum = 0, total = 0;
            for (int v = 0; v < height; v++)
                for (int u = 0; u < width; u++) {
                    double w = fmax(0, 1 - fabs(u - x) / across) * fmax(0, 1 - fabs(v - y) / down);
                    sum += w * image.pixels[v * width + u];
                    total += w;
                }
            ck_assert_double_eq_tol(small[p], sum / total, 0.6);
        }
        image_free(&image);
    }
}
END_TEST

START_TEST(a_view_of_a_box_reads_only_the_box) {
    Image image = numbered(9, 9);
    GreyView box = {image.pixels + 9 * 2 + 3, 4, 5, 9};
    uint8_t copy[20];
    image_resize(box, copy, 4, 5);
    for (int p = 0; p < 20; p++)
        ck_assert_int_eq(copy[p], 10 * (2 + p / 4) + 3 + p % 4);
    image_free(&image);
}
END_TEST

Suite *image_suite(void) {
    Suite *suite = suite_create("image");
    TCase *tcase = tcase_create("pictures");
    tcase_add_test(tcase, absurd_sizes_are_refused_before_allocation);
    tcase_add_test(tcase, grey_is_bt601_luma_and_keeps_grey_colours);
    tcase_add_test(tcase, what_is_transparent_shows_white);
    tcase_add_test(tcase, resizing_to_the_same_size_copies);
    tcase_add_test(tcase, resizing_keeps_an_even_shade_and_a_slope);
    tcase_add_test(tcase, shrinking_averages_instead_of_picking);
    tcase_add_test(tcase, resizing_weighs_by_a_triangle);
    tcase_add_test(tcase, a_view_of_a_box_reads_only_the_box);
    suite_add_tcase(suite, tcase);
    return suite;
}
