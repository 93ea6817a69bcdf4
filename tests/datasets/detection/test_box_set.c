/* Lists of pictures with the boxes of their faces. */
#include "datasets/detection/box_set.h"

#include "tests/support/locale.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <string.h>
#include <sys/stat.h>

static Error error;

START_TEST(a_list_is_read_with_its_invalid_and_empty_boxes) {
    const char *path = scratch_write("bbx_gt.txt", "a/one.jpg\n2\n1 2 30 40 0 0 0 0 0 0\n"
                                                   "5 6 7 8 0 0 0 1 0 0\na/none.jpg\n0\n"
                                                   "0 0 0 0 0 0 0 0 0 0\nlast.png\n1\n9.5 9 9 9\n");
    BoxSet *set = box_set_read(path, &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    ck_assert_int_eq(set->n_pictures, 3);
    ck_assert_int_eq(set->pictures[0].n_boxes, 2);
    ck_assert(!set->pictures[0].boxes[0].ignored && set->pictures[0].boxes[1].ignored);
    ck_assert_float_eq(set->pictures[0].boxes[0].box.height, 40);
    ck_assert_int_eq(set->pictures[1].n_boxes, 0);
    ck_assert_int_eq(set->pictures[2].n_boxes, 1);
    ck_assert_int_eq(box_set_count(set, 8), 2);
    box_set_destroy(set);
}
END_TEST

START_TEST(pictures_without_faces_come_from_a_folder_that_has_some) {
    BoxSet *set = box_set_read(scratch_write("bbx_gt.txt", "a.jpg\n1\n1 2 30 40\n"), &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    ck_assert_int_eq(mkdir(scratch_path("empty"), 0700), 0);
    ck_assert_int_eq(box_set_add_empty(set, scratch_path("empty"), &error), -1);
    assert_contains(error.message, "there is no picture in it");
    scratch_write("empty/b.jpeg", "");
    scratch_write("empty/notes.txt", "");
    ck_assert_int_eq(box_set_add_empty(set, scratch_path("empty"), &error), 0);
    ck_assert_int_eq(set->n_pictures, 2);
    box_set_destroy(set);
}
END_TEST

START_TEST(boxes_have_points_under_a_locale_with_a_comma) {
    if (!locale_with_a_decimal_comma())
        return;
    BoxSet *set = box_set_read(scratch_write("bbx_gt.txt", "a.jpg\n1\n1.5 2.5 30 40\n"), &error);
    ck_assert_msg(set != NULL, "%s", error.message);
    ck_assert_float_eq(set->pictures[0].boxes[0].box.y, 2.5f);
    box_set_destroy(set);
}
END_TEST

START_TEST(a_broken_list_is_told_with_its_line) {
    ck_assert_ptr_null(box_set_read(scratch_write("a.txt", "x.jpg\n2\n1 2 3 4\n"), &error));
    ck_assert_ptr_nonnull(strstr(error.message, "line 3"));
    ck_assert_ptr_null(box_set_read(scratch_write("b.txt", "x.jpg\nmany\n"), &error));
    ck_assert_ptr_nonnull(strstr(error.message, "b.txt:2"));
    ck_assert_ptr_null(box_set_read(scratch_write("c.txt", ""), &error));
}
END_TEST

Suite *box_set_suite(void) {
    Suite *suite = suite_create("boxes");
    TCase *tcase = tcase_create("boxes");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_list_is_read_with_its_invalid_and_empty_boxes);
    tcase_add_test(tcase, pictures_without_faces_come_from_a_folder_that_has_some);
    tcase_add_test(tcase, boxes_have_points_under_a_locale_with_a_comma);
    tcase_add_test(tcase, a_broken_list_is_told_with_its_line);
    suite_add_tcase(suite, tcase);
    return suite;
}
