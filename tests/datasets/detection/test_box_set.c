/* Lists of boxes, and the score of a detector on them. */
#include "datasets/augment/box_augment.h"
#include "datasets/detection/detection_score.h"
#include "tests/support/locale.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <math.h>
#include <string.h>

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

static TruthBox face_at(float x, float size) {
    return (TruthBox){.box = {x, 0, size, size, 0}};
}

START_TEST(a_detector_is_scored_by_hand) {
    DetectionScore *score = detection_score_create(10);
    TruthBox truth[] = {face_at(0, 20), face_at(100, 20), face_at(200, 5), face_at(300, 20)};
    truth[3].ignored = true;
    /* Found, found twice (a mistake), on a small one and an ignored one (neither way), nowhere. */
    ScoredBox found[] = {{0, 0, 20, 20, 0.9f},   {2, 0, 20, 20, 0.8f},   {200, 0, 5, 5, 0.7f},
                         {300, 0, 20, 20, 0.6f}, {100, 0, 20, 20, 0.5f}, {400, 0, 20, 20, 0.4f}};
    ck_assert_int_eq(detection_score_add(score, truth, 4, found, 6, &error), 0);
    ck_assert_int_eq(detection_score_faces(score), 2);
    /* right, wrong, right, wrong: precision 1 up to half the faces, then 2/3. */
    ck_assert_double_eq_tol(detection_score_average_precision(score), (1 + 2.0 / 3) / 2, 1e-9);
    float threshold;
    ck_assert_double_eq(detection_score_recall(score, 0.5, &threshold), 0.5);
    ck_assert_float_eq(threshold, 0.9f);
    ck_assert_double_eq(detection_score_recall(score, 1, &threshold), 1);
    detection_score_destroy(score);
}
END_TEST

/* A grey picture with one bright square, its face. */
static BoxPicture picture_of_a_square(TruthBox *truth) {
    BoxPicture picture = {.boxes = truth, .n_boxes = 1};
    *truth = (TruthBox){.box = {60, 50, 40, 40, 0}};
    ck_assert_int_eq(image_create(&picture.grey, 200, 160, IMAGE_GREY, &error), 0);
    memset(picture.grey.pixels, 60, 200 * 160);
    for (int y = 50; y < 90; y++)
        memset(picture.grey.pixels + y * 200 + 60, 220, 40);
    return picture;
}

START_TEST(the_boxes_of_a_window_lie_on_its_faces) {
    enum { SIDE = 96 };
    static const BoxAugmentation augmentation = {
        .smallest = 20, .largest = 40, .tilt = 10, .sway = 10, .flip = 0.5f};
    TruthBox truth, boxes[BOX_WINDOW_MOST];
    BoxPicture picture = picture_of_a_square(&truth);
    uint8_t pixels[SIDE * SIDE];
    int inside = 0;
    for (uint64_t i = 0; i < 40; i++) {
        Rng rng = rng_split(rng_seed(2), i);
        int n = box_augment(&picture, &augmentation, rng, SIDE, pixels, boxes);
        ck_assert_int_le(n, 1);
        if (!n)
            continue;
        float x = boxes[0].box.x + boxes[0].box.width / 2;
        float y = boxes[0].box.y + boxes[0].box.height / 2;
        ck_assert_uint_gt(pixels[(int)y * SIDE + (int)x], 200);
        ck_assert_float_ge(boxes[0].box.width, 18);
        ck_assert_float_le(boxes[0].box.width, 42);
        uint8_t again[SIDE * SIDE];
        box_augment(&picture, &augmentation, rng, SIDE, again, boxes);
        ck_assert_mem_eq(pixels, again, sizeof pixels);
        inside++;
    }
    ck_assert_int_gt(inside, 30);
    image_free(&picture.grey);
}
END_TEST

Suite *box_set_suite(void) {
    Suite *suite = suite_create("boxes");
    TCase *tcase = tcase_create("boxes");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_list_is_read_with_its_invalid_and_empty_boxes);
    tcase_add_test(tcase, boxes_have_points_under_a_locale_with_a_comma);
    tcase_add_test(tcase, a_broken_list_is_told_with_its_line);
    tcase_add_test(tcase, a_detector_is_scored_by_hand);
    tcase_add_test(tcase, the_boxes_of_a_window_lie_on_its_faces);
    suite_add_tcase(suite, tcase);
    return suite;
}
