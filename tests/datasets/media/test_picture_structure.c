/* Ends and numbers of pictures, from the structure of their files. */
#include "datasets/media/picture_structure.h"

#include "tests/support/files.h"

#include <check.h>
#include <stdlib.h>

/* The last 26 bytes of the fixture are the footer of version 2, which readers may do without. */
START_TEST(a_tga_with_runs_ends_with_its_last_pixel) {
    enum { FOOTER = 26 };
    size_t size;
    unsigned char *bytes = file_bytes("tests/fixtures/runs_16x12.tga", &size);
    for (size_t length = 0; length <= size; length++)
        ck_assert_int_eq(picture_tga_has_end(bytes, length), length >= size - FOOTER);
    free(bytes);
}
END_TEST

START_TEST(pictures_that_move_are_known) {
    static const struct {
        const char *path;
        bool animated;
    } files[] = {{"tests/fixtures/moving.gif", true},
                 {"tests/fixtures/moving.png", true},
                 {"tests/fuzz/corpus/picture/small.gif", false},
                 {"tests/fuzz/corpus/picture/small.png", false},
                 {"tests/fixtures/gradient_32x24.jpg", false}};
    size_t size;
    unsigned char *bytes = file_bytes(files[_i].path, &size);
    ck_assert_int_eq(picture_is_animated(bytes, size), files[_i].animated);
    for (size_t length = 0; length < size; length++) /* under the sanitizers: reads no further */
        if (!files[_i].animated)
            ck_assert(!picture_is_animated(bytes, length));
    free(bytes);
}
END_TEST

Suite *picture_structure_suite(void) {
    Suite *suite = suite_create("picture_structure");
    TCase *tcase = tcase_create("picture_structure");
    tcase_add_test(tcase, a_tga_with_runs_ends_with_its_last_pixel);
    tcase_add_loop_test(tcase, pictures_that_move_are_known, 0, 5);
    suite_add_tcase(suite, tcase);
    return suite;
}
