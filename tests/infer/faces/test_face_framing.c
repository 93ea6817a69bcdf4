/* From a detector's box to the square that the network sees. */
#include "infer/faces/face_framing.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

START_TEST(the_square_is_centred_on_the_box) {
    Box square = face_framing_square((FaceFraming){1.2f, 0}, (Box){100, 50, 80, 80});
    ck_assert(square.width == 96 && square.height == 96 && square.x == 92 && square.y == 42);
    square = face_framing_square((FaceFraming){1, 0.1f}, (Box){100, 50, 80, 80});
    ck_assert(square.x == 100 && square.y == 58);
    ck_assert_int_ge(face_framing_square((FaceFraming){0.01f, 0}, (Box){0, 0, 1, 1}).width, 1);
}
END_TEST

START_TEST(a_square_inside_is_a_view_and_one_outside_repeats_the_border) {
    enum { WIDTH = 6, HEIGHT = 5 };
    uint8_t pixels[WIDTH * HEIGHT];
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = (uint8_t)i;
    GreyView picture = {pixels, WIDTH, HEIGHT, WIDTH};
    FaceCrop crop = {0};
    Error error;
    ck_assert_int_eq(face_crop_take(&crop, picture, (Box){2, 1, 3, 3}, &error), 0);
    ck_assert_ptr_eq(crop.view.pixels, pixels + WIDTH + 2);
    ck_assert_int_eq(face_crop_take(&crop, picture, (Box){-2, -1, 9, 9}, &error), 0);
    ck_assert_int_eq(crop.view.pixels[0], 0);
    ck_assert_int_eq(crop.view.pixels[8 * crop.view.stride + 8], WIDTH * HEIGHT - 1);
    ck_assert_int_eq(crop.view.pixels[1 * crop.view.stride + 2], 0);
    ck_assert_int_eq(crop.view.pixels[2 * crop.view.stride + 3], WIDTH + 1);
    ck_assert_int_eq(face_crop_take(&crop, picture, (Box){50, 50, 4, 4}, &error), 0);
    ck_assert_int_eq(crop.view.pixels[0], WIDTH * HEIGHT - 1);
    ck_assert_int_eq(face_crop_take(&crop, picture, (Box){0, 0, 0, 0}, &error), -1);
    face_crop_free(&crop);
}
END_TEST

/* Rows of a view lie further apart than it is wide. */
START_TEST(a_picture_that_is_part_of_a_larger_one_is_cut_at_the_right_rows) {
    enum { LARGE = 12, WIDTH = 6, HEIGHT = 5, SIDE = 4 };
    uint8_t pixels[LARGE * LARGE];
    for (int i = 0; i < LARGE * LARGE; i++)
        pixels[i] = (uint8_t)i;
    const GreyView picture = {pixels + 3 * LARGE + 2, WIDTH, HEIGHT, LARGE};
    FaceCrop crop = {0};
    Error error;
    for (int inside = 0; inside < 2; inside++) { /* at -1 the border is repeated */
        const int x = inside ? 1 : -1, y = 1;
        ck_assert_int_eq(face_crop_take(&crop, picture, (Box){x, y, SIDE, SIDE}, &error), 0);
        for (int row = 0; row < SIDE; row++)
            for (int column = 0; column < SIDE; column++) {
                int from = x + column < 0 ? 0 : x + column;
                ck_assert_int_eq(crop.view.pixels[row * crop.view.stride + column],
                                 (3 + y + row) * LARGE + 2 + from);
            }
    }
    face_crop_free(&crop);
}
END_TEST

/* A slope to the right, and eyes on a line that is tilted clockwise. */
START_TEST(a_tilted_face_is_turned_upright) {
    enum { SIDE = 200 };
    static uint8_t pixels[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        pixels[i] = (uint8_t)(i % SIDE);
    const GreyView picture = {pixels, SIDE, SIDE, SIDE};
    const Box square = {60, 50, 80, 80};
    Point points[LANDMARKS] = {{0, 0}};
    FaceCrop crop = {0};
    Error error;
    for (int degrees = -40; degrees <= 40; degrees += 5) {
        float roll = (float)degrees * (float)M_PI / 180;
        for (int i = 36; i < 48; i++) {
            float side = i < 42 ? -20 : 20;
            points[i] = (Point){100 + side * cosf(roll), 90 + side * sinf(roll)};
        }
        ck_assert_int_eq(face_crop_take_level(&crop, picture, square, points, &error), 0);
        ck_assert_int_eq(crop.view.width, 80);
        const uint8_t *middle = crop.view.pixels + 40 * crop.view.stride + 40;
        float turned = abs(degrees) > 10 ? roll : 0;
        ck_assert_float_eq_tol(middle[0], 100, 1.5f);
        ck_assert_float_eq_tol(middle[30] - middle[0], 30 * cosf(turned), 1.5f);
        ck_assert_float_eq_tol(middle[30 * crop.view.stride] - middle[0], -30 * sinf(turned), 1.5f);
    }
    const Box large = {0, 0, 4 * FACE_LEVEL_MOST, 4 * FACE_LEVEL_MOST};
    ck_assert_int_eq(face_crop_take_level(&crop, picture, large, points, &error), 0);
    ck_assert_int_eq(crop.view.width, FACE_LEVEL_MOST);
    ck_assert_int_eq(face_crop_take_level(&crop, picture, (Box){0, 0, 0, 0}, points, &error), -1);
    face_crop_free(&crop);
}
END_TEST

Suite *face_framing_suite(void) {
    Suite *suite = suite_create("face_framing");
    TCase *tcase = tcase_create("face_framing");
    tcase_add_test(tcase, the_square_is_centred_on_the_box);
    tcase_add_test(tcase, a_square_inside_is_a_view_and_one_outside_repeats_the_border);
    tcase_add_test(tcase, a_picture_that_is_part_of_a_larger_one_is_cut_at_the_right_rows);
    tcase_add_test(tcase, a_tilted_face_is_turned_upright);
    suite_add_tcase(suite, tcase);
    return suite;
}
