/* A detector's windows. */
#include "datasets/augment/box_augment.h"

#include <check.h>
#include <string.h>

static Error error;

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
    TruthBox truth, boxes[1];
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

START_TEST(a_crowd_is_in_the_window_as_a_whole) {
    enum { SIDE = 64, CROWD = 300 };
    static const BoxAugmentation augmentation = {.smallest = 12, .largest = 12};
    TruthBox truth, crowd[CROWD], boxes[CROWD];
    BoxPicture picture = picture_of_a_square(&truth);
    uint8_t pixels[SIDE * SIDE];
    for (int i = 0; i < CROWD; i++)
        crowd[i] = truth;
    picture.boxes = crowd;
    picture.n_boxes = CROWD;
    int most = 0;
    for (uint64_t i = 0; i < 20; i++) {
        int n =
            box_augment(&picture, &augmentation, rng_split(rng_seed(3), i), SIDE, pixels, boxes);
        most = n > most ? n : most;
    }
    ck_assert_int_eq(most, CROWD);
    image_free(&picture.grey);
}
END_TEST

Suite *box_augment_suite(void) {
    Suite *suite = suite_create("box_augment");
    TCase *tcase = tcase_create("windows");
    tcase_add_test(tcase, the_boxes_of_a_window_lie_on_its_faces);
    tcase_add_test(tcase, a_crowd_is_in_the_window_as_a_whole);
    suite_add_tcase(suite, tcase);
    return suite;
}
