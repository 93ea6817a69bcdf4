/* From face to network input: the function on which training, evaluation and live must agree. */
#include "datasets/augment/face_batch.h"
#include "tests/support/data.h"

#include "datasets/faces/fer2013.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const FaceInput INPUT = {.side = FACE_SIDE, .mean = 0.5f, .deviation = 0.25f};

/* A face without symmetry. */
static void make_face(uint8_t *face) {
    for (int i = 0; i < FACE_PIXELS; i++)
        face[i] = (uint8_t)rng_bits(rng_seed(4), (uint64_t)i);
}

static bool same_bits(const float *a, const float *b, int count) {
    return !memcmp((const char *)a, (const char *)b, (size_t)count * sizeof *a);
}

static GreyView view_of(const uint8_t *face) {
    return (GreyView){face, FACE_SIDE, FACE_SIDE, FACE_SIDE};
}

/* As live does it. */
static void make_input(const FaceInput *input, GreyView face, float *x) {
    uint8_t pixels[FACE_PIXELS];
    face_input_fit(face, pixels);
    face_input_views(input, FACE_VIEWS_ONE, pixels, x);
}

START_TEST(a_pixel_becomes_its_distance_from_the_mean_in_deviations) {
    uint8_t face[FACE_PIXELS];
    float x[FACE_PIXELS];
    make_face(face);
    make_input(&INPUT, view_of(face), x);
    for (int i = 0; i < FACE_PIXELS; i++)
        ck_assert_float_eq_tol(x[i], ((float)face[i] / 255 - 0.5f) / 0.25f, 1e-6f);
}
END_TEST

START_TEST(training_evaluation_and_live_see_the_same_bits) {
    static const Augmentation nothing;
    FaceSet *set = face_set_create(NULL);
    uint8_t face[FACE_PIXELS], frame[100 * 120];
    make_face(face);
    ck_assert_int_eq(face_set_append(set, face, EMOTION_SAD, FACE_TRAINING, NULL), 0);
    for (int y = 0; y < FACE_SIDE; y++)
        memcpy(frame + (y + 20) * 120 + 30, face + y * FACE_SIDE, FACE_SIDE);
    GreyView in_frame = {frame + 20 * 120 + 30, FACE_SIDE, FACE_SIDE, 120};
    for (int side = 1; side <= FACE_SIDE; side++) {
        FaceInput input = INPUT;
        input.side = side;
        float training[FACE_PIXELS], evaluation[FACE_PIXELS], live[FACE_PIXELS],
            views[10 * FACE_PIXELS];
        face_batch_fill(set, &(uint32_t){0}, 1, &nothing, rng_seed(1), &input, training);
        face_batch_fill(set, &(uint32_t){0}, 1, NULL, rng_seed(2), &input, evaluation);
        make_input(&input, in_frame, live);
        face_input_views(&input, FACE_VIEWS_TEN, face, views);
        ck_assert_msg(same_bits(training, evaluation, side * side), "training differs at side %d",
                      side);
        ck_assert_msg(same_bits(live, evaluation, side * side), "live differs at side %d", side);
        ck_assert_msg(same_bits(views, evaluation, side * side),
                      "the first view differs at side %d", side);
    }
    face_set_destroy(set);
}
END_TEST

START_TEST(a_larger_face_is_first_made_48_pixels_wide) {
    uint8_t large[96 * 96], small[FACE_PIXELS], fitted[FACE_PIXELS];
    for (int i = 0; i < 96 * 96; i++)
        large[i] = (uint8_t)rng_bits(rng_seed(5), (uint64_t)i);
    GreyView view = {large, 96, 96, 96};
    image_resize(view, small, FACE_SIDE, FACE_SIDE);
    face_input_fit(view, fitted);
    ck_assert_mem_eq(fitted, small, sizeof small);
}
END_TEST

START_TEST(the_flipped_view_mirrors_left_and_right) {
    uint8_t face[FACE_PIXELS];
    float x[2 * FACE_PIXELS];
    make_face(face);
    ck_assert_int_eq(face_views_count(FACE_VIEWS_FLIP), 2);
    face_input_views(&INPUT, FACE_VIEWS_FLIP, face, x);
    for (int y = 0; y < FACE_SIDE; y++)
        for (int c = 0; c < FACE_SIDE; c++)
            ck_assert_float_eq(x[FACE_PIXELS + y * FACE_SIDE + c],
                               x[y * FACE_SIDE + FACE_SIDE - 1 - c]);
}
END_TEST

START_TEST(ten_views_of_a_smaller_window_are_the_centre_and_the_corners) {
    enum { SIDE = 44, ROOM = FACE_SIDE - SIDE };
    static const int corners[5][2] = {
        {ROOM / 2, ROOM / 2}, {0, 0}, {ROOM, 0}, {0, ROOM}, {ROOM, ROOM}};
    FaceInput input = {.side = SIDE, .mean = 0, .deviation = 1.0f / 255};
    uint8_t face[FACE_PIXELS];
    float x[10 * SIDE * SIDE];
    make_face(face);
    ck_assert_int_eq(face_views_count(FACE_VIEWS_TEN), 10);
    face_input_views(&input, FACE_VIEWS_TEN, face, x);
    for (int view = 0; view < 10; view++)
        for (int y = 0; y < SIDE; y++)
            for (int c = 0; c < SIDE; c++) {
                int from = view % 2 ? SIDE - 1 - c : c;
                uint8_t expected =
                    face[(corners[view / 2][1] + y) * FACE_SIDE + corners[view / 2][0] + from];
                ck_assert_float_eq_tol(x[(view * SIDE + y) * SIDE + c], expected, 1e-3f);
            }
}
END_TEST

START_TEST(ten_views_of_the_whole_face_all_differ) {
    uint8_t face[FACE_PIXELS];
    float x[10 * FACE_PIXELS];
    make_face(face);
    face_input_views(&INPUT, FACE_VIEWS_TEN, face, x);
    for (int a = 0; a < 10; a++)
        for (int b = 0; b < a; b++)
            ck_assert(!same_bits(x + a * FACE_PIXELS, x + b * FACE_PIXELS, FACE_PIXELS));
}
END_TEST

START_TEST(restoring_undoes_normalising) {
    uint8_t face[FACE_PIXELS], back[FACE_PIXELS];
    float x[FACE_PIXELS];
    make_face(face);
    make_input(&INPUT, view_of(face), x);
    face_input_restore(&INPUT, x, FACE_PIXELS, back);
    ck_assert_mem_eq(back, face, FACE_PIXELS);
}
END_TEST

START_TEST(measured_inputs_have_mean_zero_and_deviation_one) {
    FaceSet *set = face_set_create(NULL);
    uint8_t face[FACE_PIXELS];
    for (int f = 0; f < 5; f++) {
        for (int i = 0; i < FACE_PIXELS; i++)
            face[i] = (uint8_t)(rng_bits(rng_split(rng_seed(6), (uint64_t)f), (uint64_t)i) % 100 +
                                (unsigned)f * 20);
        ck_assert_int_eq(face_set_append(set, face, EMOTION_SAD, FACE_TRAINING, NULL), 0);
    }
    static const uint32_t indices[] = {1, 2, 4};
    FaceInput input = face_input_measure(set, indices, 3);
    ck_assert_int_eq(input.side, FACE_SIDE);
    float x[3 * FACE_PIXELS];
    face_batch_fill(set, indices, 3, NULL, rng_seed(0), &input, x);
    double sum = 0, squares = 0;
    for (int i = 0; i < 3 * FACE_PIXELS; i++)
        sum += x[i], squares += x[i] * x[i];
    ck_assert_double_eq_tol(sum / (3 * FACE_PIXELS), 0, 1e-5);
    ck_assert_double_eq_tol(squares / (3 * FACE_PIXELS), 1, 1e-5);
    face_set_destroy(set);
}
END_TEST

START_TEST(a_set_of_one_shade_is_measured_without_dividing_by_zero) {
    FaceSet *set = face_set_create(NULL);
    uint8_t face[FACE_PIXELS] = {0};
    ck_assert_int_eq(face_set_append(set, face, EMOTION_SAD, FACE_TRAINING, NULL), 0);
    ck_assert(face_input_measure(set, &(uint32_t){0}, 1).deviation > 0);
    ck_assert(face_input_measure(set, NULL, 0).deviation > 0);
    face_set_destroy(set);
}
END_TEST

/* The training split's mean and deviation as the literature gives them. */
START_TEST(fer2013_has_its_known_mean_and_deviation) {
    const char *path = data_path("fer2013.csv.gz");
    if (!path)
        return;
    FaceSet *set = fer2013_load(path, FACE_TRAINING, NULL, NULL);
    uint32_t count, *training = face_set_indices(set, FACE_TRAINING, FACE_ALL, &count, NULL);
    FaceInput input = face_input_measure(set, training, count);
    ck_assert_float_eq_tol(input.mean, 0.5077f, 1e-3f);
    ck_assert_float_eq_tol(input.deviation, 0.2550f, 1e-3f);
    free(training);
    face_set_destroy(set);
}
END_TEST

Suite *face_input_suite(void) {
    Suite *suite = suite_create("face_input");
    TCase *tcase = tcase_create("inputs");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_pixel_becomes_its_distance_from_the_mean_in_deviations);
    tcase_add_test(tcase, training_evaluation_and_live_see_the_same_bits);
    tcase_add_test(tcase, a_larger_face_is_first_made_48_pixels_wide);
    tcase_add_test(tcase, the_flipped_view_mirrors_left_and_right);
    tcase_add_test(tcase, ten_views_of_a_smaller_window_are_the_centre_and_the_corners);
    tcase_add_test(tcase, ten_views_of_the_whole_face_all_differ);
    tcase_add_test(tcase, restoring_undoes_normalising);
    tcase_add_test(tcase, measured_inputs_have_mean_zero_and_deviation_one);
    tcase_add_test(tcase, a_set_of_one_shade_is_measured_without_dividing_by_zero);
    tcase_add_test(tcase, fer2013_has_its_known_mean_and_deviation);
    suite_add_tcase(suite, tcase);
    return suite;
}
