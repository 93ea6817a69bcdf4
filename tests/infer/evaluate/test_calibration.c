/* Calibration of probabilities whose right one is known, because their labels follow it exactly. */
#include "infer/evaluate/calibration.h"

#include "nn/base/rng.h"

#include <check.h>
#include <math.h>

enum { ROWS = 20, LABELS = 40, ALL = ROWS * LABELS };

/* The probabilities of the labels, each at least one in LABELS, and the labels. */
static float truth[ALL][EMOTION_COUNT];
static uint8_t labels[ALL];

static void make_labels(void) {
    Rng rng = rng_seed(3);
    for (int row = 0; row < ROWS; row++) {
        int counts[EMOTION_COUNT];
        for (int c = 0; c < EMOTION_COUNT; c++)
            counts[c] = 1;
        uint64_t draw = (uint64_t)row * LABELS;
        uint32_t liked = rng_below(rng, draw, EMOTION_COUNT);
        for (int i = EMOTION_COUNT; i < LABELS; i++)
            counts[i % 3 ? liked : rng_below(rng, draw + (uint64_t)i, EMOTION_COUNT)]++;
        for (int c = 0, i = row * LABELS; c < EMOTION_COUNT; c++)
            for (int k = 0; k < counts[c]; k++, i++)
                labels[i] = (uint8_t)c;
        for (int i = row * LABELS; i < (row + 1) * LABELS; i++)
            for (int c = 0; c < EMOTION_COUNT; c++)
                truth[i][c] = (float)counts[c] / LABELS;
    }
}

/* The answers that this calibration makes the truth. */
static void undo(Calibration calibration, float answers[ALL][EMOTION_COUNT]) {
    for (int i = 0; i < ALL; i++) {
        float sum = 0;
        for (int c = 0; c < EMOTION_COUNT; c++)
            sum += answers[i][c] = powf(truth[i][c], calibration.temperature);
        for (int c = 0; c < EMOTION_COUNT; c++)
            answers[i][c] =
                answers[i][c] / sum * (1 - EMOTION_COUNT * calibration.floor) + calibration.floor;
    }
}

static const Calibration known[] = {{1, 0}, {0.4f, 0}, {3, 0}, {1.3f, 0.02f}, {0.7f, 0.05f}};
enum { KNOWN = sizeof known / sizeof *known };

START_TEST(a_known_distortion_is_found_and_undone) {
    static float answers[ALL][EMOTION_COUNT];
    make_labels();
    undo(known[_i], answers);
    Calibration found = calibration_fit(answers[0], labels, ALL);
    ck_assert_float_eq_tol(found.floor, known[_i].floor, 1e-6f);
    ck_assert_float_eq_tol(found.temperature, known[_i].temperature, 1e-3f);
    for (int i = 0; i < ALL; i++) {
        float row[EMOTION_COUNT];
        calibration_apply(found, answers[i], row);
        for (int c = 0; c < EMOTION_COUNT; c++)
            ck_assert_float_eq_tol(row[c], truth[i][c], 2e-3f);
    }
}
END_TEST

START_TEST(nothing_to_fit_leaves_the_probabilities) {
    Calibration none = calibration_fit(NULL, NULL, 0);
    float row[EMOTION_COUNT] = {0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 0.03125f, 0}, same[7];
    calibration_apply(none, row, same);
    for (int c = 0; c < EMOTION_COUNT; c++)
        ck_assert_float_eq_tol(same[c], row[c], 1e-6f);
}
END_TEST

/* What stands at the floor or below is not impossible: a label there costs something finite. */
START_TEST(an_emotion_below_the_floor_keeps_a_little) {
    float row[EMOTION_COUNT] = {0.97f, 0.01f, 0.02f}, calibrated[EMOTION_COUNT], sum = 0;
    calibration_apply((Calibration){.temperature = 1, .floor = 0.02f}, row, calibrated);
    for (int c = 0; c < EMOTION_COUNT; c++)
        sum += calibrated[c];
    ck_assert_float_eq_tol(sum, 1, 1e-6f);
    for (int c = 1; c < EMOTION_COUNT; c++)
        ck_assert_float_eq_tol(calibrated[c], 0.001f / (0.95f + 6 * 0.001f), 1e-6f);
}
END_TEST

Suite *calibration_suite(void) {
    Suite *suite = suite_create("calibration");
    TCase *tcase = tcase_create("calibration");
    tcase_add_loop_test(tcase, a_known_distortion_is_found_and_undone, 0, KNOWN);
    tcase_add_test(tcase, nothing_to_fit_leaves_the_probabilities);
    tcase_add_test(tcase, an_emotion_below_the_floor_keeps_a_little);
    suite_add_tcase(suite, tcase);
    return suite;
}
