/* Pictures come upright, whichever of the eight ways their file notes. */
#include "datasets/media/orientation.h"

#include "datasets/media/ffmpeg.h"
#include "datasets/media/picture.h"
#include "tests/support/corner_pictures.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(every_orientation_of_every_format_is_read) {
    for (CornerFormat format = 0; format < CORNER_FORMATS; format++)
        for (int orientation = 1; orientation <= 8; orientation++) {
            size_t size;
            unsigned char *bytes = corner_picture(format, orientation, &size);
            ck_assert_msg(orientation_of(bytes, size) == orientation, "format %d, %d read as %d",
                          (int)format, orientation, orientation_of(bytes, size));
            free(bytes);
        }
}
END_TEST

START_TEST(pictures_of_every_orientation_come_upright) {
    for (CornerFormat format = 0; format < CORNER_FORMATS; format++)
        for (int orientation = 1; orientation <= 8; orientation++) {
#ifndef HAVE_FFMPEG
            if (format != CORNER_PNG)
                continue;
#endif
            size_t size;
            unsigned char *bytes = corner_picture(format, orientation, &size);
            Image picture = {0}, grey = {0};
            Error error;
            ck_assert_msg(!picture_decode("a", bytes, size, IMAGE_RGB, &picture, &error), "%d: %s",
                          (int)format, error.message);
            assert_corners(&picture, orientation);
            ck_assert(!picture_decode("a", bytes, size, IMAGE_GREY, &grey, &error));
            ck_assert(grey.width == picture.width && grey.height == picture.height);
            image_free(&picture);
            image_free(&grey);
            free(bytes);
        }
}
END_TEST

START_TEST(a_note_that_makes_no_sense_is_no_note) {
    size_t size;
    unsigned char *bytes = corner_picture(CORNER_JPEG, 8, &size);
    unsigned char *value = memmem(bytes, size, "\x01\x12\0\3\0\0\0\1\0\x08", 10);
    ck_assert_ptr_nonnull(value);
    value[9] = 9;
    ck_assert_int_eq(orientation_of(bytes, size), 1);
    value[9] = 8;
    value[3] = 4; /* of another type */
    ck_assert_int_eq(orientation_of(bytes, size), 1);
    free(bytes);
    ck_assert_int_eq(orientation_of((const uint8_t *)"P5 1 1 255\n ", 12), 0);
    ck_assert_int_eq(orientation_of(NULL, 0), 0);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_looked_at_without_harm) {
    for (CornerFormat format = 0; format < CORNER_FORMATS; format++) {
        size_t size;
        unsigned char *bytes = corner_picture(format, 6, &size);
        for (size_t length = 0; length < size; length++) {
            unsigned char *cut = malloc(length + 1);
            memcpy(cut, bytes, length);
            unsigned char *exact = realloc(cut, length ? length : 1);
            int orientation = orientation_of(exact, length);
            ck_assert(orientation >= 0 && orientation <= 8);
            free(exact);
        }
        free(bytes);
    }
}
END_TEST

START_TEST(angles_between_are_taken_to_the_nearest) {
    ck_assert_int_eq(orientation_from_matrix(1, 0.1, -0.1, 1), 1);
    ck_assert_int_eq(orientation_from_matrix(0.1, 1, -1, 0.1), 6);
    ck_assert_int_eq(orientation_from_matrix(0, 0, 0, 0), 1);
}
END_TEST

Suite *orientation_suite(void) {
    Suite *suite = suite_create("orientation");
    TCase *tcase = tcase_create("orientation");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, every_orientation_of_every_format_is_read);
    tcase_add_test(tcase, pictures_of_every_orientation_come_upright);
    tcase_add_test(tcase, a_note_that_makes_no_sense_is_no_note);
    tcase_add_test(tcase, a_file_cut_anywhere_is_looked_at_without_harm);
    tcase_add_test(tcase, angles_between_are_taken_to_the_nearest);
    suite_add_tcase(suite, tcase);
    return suite;
}
