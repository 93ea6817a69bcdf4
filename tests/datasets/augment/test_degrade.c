/* What camera and codec do: each step by itself, within its limits, and nothing when it is off. */
#include "datasets/augment/augment.h"

#include <check.h>
#include <math.h>
#include <string.h>

enum { SIDE = FACE_SIDE, COUNT = FACE_PIXELS, VARIANTS = 200 };

static Rng variant(int i) {
    return rng_split(rng_seed(3), (uint64_t)i);
}

static void fill_noise(float *x) {
    for (int i = 0; i < COUNT; i++)
        x[i] = (float)(rng_bits(rng_seed(4), (uint64_t)i) & 255);
}

static void fill_shade(float *x, float shade) {
    for (int i = 0; i < COUNT; i++)
        x[i] = shade;
}

static float mean_of(const float *x) {
    float sum = 0;
    for (int i = 0; i < COUNT; i++)
        sum += x[i];
    return sum / COUNT;
}

/* Mean square of the differences between neighbours in a row. */
static float roughness(const float *x) {
    float sum = 0;
    for (int i = 0; i < COUNT; i++)
        if (i % SIDE)
            sum += (x[i] - x[i - 1]) * (x[i] - x[i - 1]);
    return sum / COUNT;
}

START_TEST(gamma_bends_the_light_and_leaves_black_and_white) {
    const Degradation d = {.chance = 1, .gamma = 1};
    float x[COUNT], least = 9, most = 0;
    for (int i = 0; i < VARIANTS; i++) {
        fill_shade(x, 0);
        x[0] = 255;
        x[1] = 51;
        degrade_face(&d, variant(i), SIDE, x);
        ck_assert_float_eq(x[2], 0);
        ck_assert_float_eq_tol(x[0], 255, 1e-3f);
        float exponent = logf(x[1] / 255) / logf(0.2f);
        least = fminf(least, exponent);
        most = fmaxf(most, exponent);
    }
    ck_assert_float_eq_tol(least, 0.5f, 0.02f);
    ck_assert_float_eq_tol(most, 2, 0.05f);
}
END_TEST

START_TEST(side_light_is_a_slope_in_any_direction_about_the_same_mean) {
    const Degradation d = {.chance = 1, .side_light = 0.5f};
    float x[COUNT], steepest = 0, leftmost = 0, rightmost = 0;
    for (int i = 0; i < VARIANTS; i++) {
        fill_shade(x, 100);
        degrade_face(&d, variant(i), SIDE, x);
        ck_assert_float_eq_tol(mean_of(x), 100, 0.1f);
        float across = x[24 * SIDE + 47] - x[24 * SIDE];
        float down = x[47 * SIDE + 24] - x[24];
        ck_assert_float_eq_tol(x[24 * SIDE + 47] + x[23 * SIDE], 200, 0.01f);
        steepest = fmaxf(steepest, hypotf(across, down));
        leftmost = fminf(leftmost, across);
        rightmost = fmaxf(rightmost, across);
    }
    ck_assert_float_le(steepest, 100);
    ck_assert_float_ge(steepest, 90);
    ck_assert_float_le(leftmost, -70);
    ck_assert_float_ge(rightmost, 70);
}
END_TEST

START_TEST(blur_spreads_a_point_by_up_to_its_deviation) {
    const Degradation d = {.chance = 1, .blur = 2};
    float x[COUNT], widest = 0;
    for (int i = 0; i < VARIANTS; i++) {
        fill_shade(x, 0);
        x[24 * SIDE + 24] = 200;
        degrade_face(&d, variant(i), SIDE, x);
        float total = 0, spread = 0;
        for (int p = 0; p < COUNT; p++) {
            float across = (float)(p % SIDE - 24);
            total += x[p];
            spread += x[p] * across * across;
        }
        ck_assert_float_eq_tol(total, 200, 0.01f);
        widest = fmaxf(widest, sqrtf(spread / total));
    }
    ck_assert_float_ge(widest, 1.85f);
    ck_assert_float_le(widest, 2);
}
END_TEST

START_TEST(coarse_loses_detail_and_keeps_shades) {
    const Degradation d = {.chance = 1, .coarse = 2};
    float x[COUNT], noise[COUNT], smoothest = INFINITY;
    fill_noise(noise);
    for (int i = 0; i < VARIANTS; i++) {
        fill_shade(x, 77);
        degrade_face(&d, variant(i), SIDE, x);
        ck_assert_float_eq_tol(x[0], 77, 1e-3f);
        ck_assert_float_eq_tol(x[COUNT / 2], 77, 1e-3f);
        memcpy(x, noise, sizeof x);
        degrade_face(&d, variant(i), SIDE, x);
        ck_assert_float_eq_tol(mean_of(x), mean_of(noise), 2);
        smoothest = fminf(smoothest, roughness(x));
    }
    ck_assert_float_lt(smoothest, roughness(noise) / 40); /* a third of the side is left */
}
END_TEST

/* A block of one shade has no frequency to lose but the mean, in steps of 16 at quality 50. */
START_TEST(jpeg_keeps_flat_blocks_within_a_step_and_loses_detail) {
    const Degradation d = {.chance = 1, .jpeg = 50};
    float x[COUNT], noise[COUNT];
    fill_noise(noise);
    float worst = 0, lost = 0;
    for (int i = 0; i < 50; i++) {
        fill_shade(x, 101.3f);
        degrade_face(&d, variant(i), SIDE, x);
        for (int p = 0; p < COUNT; p++)
            worst = fmaxf(worst, fabsf(x[p] - 101.3f));
        memcpy(x, noise, sizeof x);
        degrade_face(&d, variant(i), SIDE, x);
        float difference = 0;
        for (int p = 0; p < COUNT; p++)
            difference += (x[p] - noise[p]) * (x[p] - noise[p]) / COUNT;
        lost = fmaxf(lost, sqrtf(difference));
    }
    ck_assert_float_le(worst, 1.01f); /* half a step of the mean, which the DCT holds 8 times */
    ck_assert_float_gt(worst, 0.1f);
    ck_assert_float_gt(lost, 10);
    ck_assert_float_lt(lost, 60);
}
END_TEST

/* Where blocks begin shows as jumps between columns, not always at the same ones. */
START_TEST(jpeg_blocks_begin_anywhere) {
    const Degradation d = {.chance = 1, .jpeg = 99};
    float x[COUNT];
    bool seen[8] = {false};
    for (int i = 0; i < VARIANTS; i++) {
        for (int p = 0; p < COUNT; p++)
            x[p] = (float)(4 * (p % SIDE));
        degrade_face(&d, variant(i), SIDE, x);
        int at = 9;
        for (int column = 9; column < 17; column++)
            if (fabsf(x[24 * SIDE + column] - x[24 * SIDE + column - 1]) >
                fabsf(x[24 * SIDE + at] - x[24 * SIDE + at - 1]))
                at = column;
        seen[at % 8] = true;
    }
    for (int i = 0; i < 8; i++)
        ck_assert(seen[i]);
}
END_TEST

START_TEST(each_step_has_a_coin_and_an_absent_step_changes_no_other) {
    const Degradation one = {.chance = 0.3f, .blur = 1},
                      two = {.chance = 0.3f, .blur = 1, .gamma = 1e-9f}, none = {.chance = 1};
    float x[COUNT], y[COUNT], noise[COUNT];
    fill_noise(noise);
    int blurred = 0;
    for (int i = 0; i < VARIANTS; i++) {
        memcpy(x, noise, sizeof x);
        memcpy(y, noise, sizeof y);
        degrade_face(&none, variant(i), SIDE, x);
        ck_assert_mem_eq(x, noise, sizeof x);
        degrade_face(&one, variant(i), SIDE, x);
        degrade_face(&two, variant(i), SIDE, y);
        bool changed = memcmp(x, noise, sizeof x) != 0;
        blurred += changed;
        ck_assert_int_eq(roughness(y) < roughness(noise) * 0.999f,
                         roughness(x) < roughness(noise) * 0.999f);
    }
    ck_assert_int_gt(blurred, VARIANTS * 0.2);
    ck_assert_int_lt(blurred, VARIANTS * 0.4);
}
END_TEST

START_TEST(pixels_stay_within_black_and_white_on_every_side) {
    const Degradation all = {
        .chance = 1, .gamma = 2, .side_light = 1, .blur = 3, .coarse = 5, .jpeg = 99};
    static const int sides[] = {1, 2, 7, 16, 44, 48};
    float x[COUNT];
    for (size_t s = 0; s < sizeof sides / sizeof *sides; s++)
        for (int i = 0; i < 20; i++) {
            fill_noise(x);
            degrade_face(&all, variant(i), sides[s], x);
            for (int p = 0; p < sides[s] * sides[s]; p++) {
                ck_assert_float_ge(x[p], 0);
                ck_assert_float_le(x[p], 255);
            }
        }
}
END_TEST

START_TEST(an_augmented_face_is_degraded_the_same_each_time) {
    const FaceInput input = {.side = SIDE, .mean = 0, .deviation = 1.0f / 255};
    const Augmentation camera = {
        .degradation = {.chance = 0.7f, .gamma = 1, .blur = 1, .jpeg = 60}};
    uint8_t face[FACE_PIXELS];
    float x[COUNT], y[COUNT];
    int changed = 0;
    for (int i = 0; i < FACE_PIXELS; i++)
        face[i] = (uint8_t)rng_bits(rng_seed(4), (uint64_t)i);
    for (int i = 0; i < 20; i++) {
        augment_face(&camera, variant(i), &input, face, x);
        augment_face(&camera, variant(i), &input, face, y);
        ck_assert_mem_eq(x, y, sizeof x);
        augment_face(&(Augmentation){0}, variant(i), &input, face, y);
        changed += memcmp(x, y, sizeof x) != 0;
    }
    ck_assert_int_ge(changed, 15);
}
END_TEST

Suite *degrade_suite(void) {
    Suite *suite = suite_create("degrade");
    TCase *tcase = tcase_create("camera and codec");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, gamma_bends_the_light_and_leaves_black_and_white);
    tcase_add_test(tcase, side_light_is_a_slope_in_any_direction_about_the_same_mean);
    tcase_add_test(tcase, blur_spreads_a_point_by_up_to_its_deviation);
    tcase_add_test(tcase, coarse_loses_detail_and_keeps_shades);
    tcase_add_test(tcase, jpeg_keeps_flat_blocks_within_a_step_and_loses_detail);
    tcase_add_test(tcase, jpeg_blocks_begin_anywhere);
    tcase_add_test(tcase, each_step_has_a_coin_and_an_absent_step_changes_no_other);
    tcase_add_test(tcase, pixels_stay_within_black_and_white_on_every_side);
    tcase_add_test(tcase, an_augmented_face_is_degraded_the_same_each_time);
    suite_add_tcase(suite, tcase);
    return suite;
}
