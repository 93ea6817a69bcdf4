/* Boxes: overlap, clipping, and OpenCV's way to bring detections together. */
#include "infer/faces/detect/box.h"

#include <check.h>
#include <stdlib.h>

START_TEST(overlap_is_intersection_over_union) {
    Box a = {0, 0, 10, 10}, b = {5, 0, 10, 10}, far_away = {100, 0, 5, 5};
    ck_assert_float_eq_tol(box_overlap(a, b), 50.0f / 150, 1e-6f);
    ck_assert_float_eq(box_overlap(a, a), 1);
    ck_assert_float_eq(box_overlap(a, far_away), 0);
}
END_TEST

START_TEST(a_clipped_box_lies_in_the_picture) {
    Box box = box_clip((Box){-5, 90, 20, 20}, 100, 100);
    ck_assert(box.x == 0 && box.y == 90 && box.width == 15 && box.height == 10);
    box = box_clip((Box){200, 0, 20, 20}, 100, 100);
    ck_assert_int_eq(box.width, 0);
}
END_TEST

static int group(const Box *boxes, size_t n, int neighbours, FaceBox **faces) {
    Error error;
    int found = box_group(boxes, n, neighbours, 0.2, faces, &error);
    ck_assert_msg(found >= 0, "%s", error.message);
    return found;
}

START_TEST(a_face_is_the_mean_of_more_than_the_asked_neighbours) {
    const Box boxes[] = {{10, 10, 40, 40},
                         {12, 10, 40, 40},
                         {11, 13, 43, 43},
                         {200, 200, 40, 40},
                         {201, 200, 40, 40}};
    FaceBox *faces;
    ck_assert_int_eq(group(boxes, 5, 2, &faces), 1);
    ck_assert_int_eq(faces[0].neighbours, 3);
    ck_assert(faces[0].box.x == 11 && faces[0].box.y == 11 && faces[0].box.width == 41);
    free(faces);
    ck_assert_int_eq(group(boxes, 5, 3, &faces), 0);
    free(faces);
}
END_TEST

START_TEST(boxes_joined_by_a_chain_are_one_face) {
    const Box chain[] = {{0, 0, 50, 50}, {8, 0, 50, 50}, {16, 0, 50, 50}, {24, 0, 50, 50}};
    FaceBox *faces;
    ck_assert_int_eq(group(chain, 4, 1, &faces), 1);
    ck_assert_int_eq(faces[0].box.x, 12);
    free(faces);
}
END_TEST

START_TEST(a_weaker_face_inside_a_stronger_one_is_dropped) {
    Box boxes[12];
    for (int i = 0; i < 8; i++)
        boxes[i] = (Box){0, 0, 100, 100};
    for (int i = 8; i < 12; i++)
        boxes[i] = (Box){30, 30, 40, 40};
    FaceBox *faces;
    ck_assert_int_eq(group(boxes, 12, 3, &faces), 1);
    ck_assert_int_eq(faces[0].box.width, 100);
    free(faces);
}
END_TEST

START_TEST(without_neighbours_every_box_is_a_face) {
    const Box boxes[] = {{0, 0, 10, 10}, {0, 0, 10, 10}};
    FaceBox *faces;
    ck_assert_int_eq(group(boxes, 2, 0, &faces), 2);
    free(faces);
    ck_assert_int_eq(group(NULL, 0, 5, &faces), 0);
    free(faces);
}
END_TEST

START_TEST(boxes_inside_and_across_stronger_ones_go) {
    static const FaceBox faces[] = {
        {{0, 0, 100, 100}, 30},   /* a face, */
        {{30, 60, 40, 40}, 20},   /* its mouth, */
        {{20, 80, 100, 100}, 12}, /* its collar, less than half of it in the face */
        {{150, 0, 90, 90}, 9},    /* another face beside it */
        {{300, 0, 90, 90}, 4},    /* and something weak */
    };
    FaceBox kept[5];
    ck_assert_int_eq(box_keep_apart(faces, 5, 0, kept), 4);
    ck_assert_int_eq(kept[1].box.y, 80);
    ck_assert_int_eq(box_keep_apart(faces, 5, 5, kept), 3);
    ck_assert_int_eq(box_keep_apart(faces, 5, 12, kept), 2);
    ck_assert_int_eq(box_keep_apart(faces, 0, 0, kept), 0);
}
END_TEST

Suite *box_suite(void) {
    Suite *suite = suite_create("box");
    TCase *tcase = tcase_create("box");
    tcase_add_test(tcase, overlap_is_intersection_over_union);
    tcase_add_test(tcase, a_clipped_box_lies_in_the_picture);
    tcase_add_test(tcase, a_face_is_the_mean_of_more_than_the_asked_neighbours);
    tcase_add_test(tcase, boxes_joined_by_a_chain_are_one_face);
    tcase_add_test(tcase, a_weaker_face_inside_a_stronger_one_is_dropped);
    tcase_add_test(tcase, without_neighbours_every_box_is_a_face);
    tcase_add_test(tcase, boxes_inside_and_across_stronger_ones_go);
    suite_add_tcase(suite, tcase);
    return suite;
}
