/* Metrics against counts done by hand, and against NumPy on a made-up set of 500 answers. */
#include "infer/evaluate/calibration.h"
#include "infer/evaluate/metrics.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Answers that give `called` the stated confidence and share the rest evenly. */
static void answer(float *row, Emotion called, float confidence) {
    for (int i = 0; i < EMOTION_COUNT; i++)
        row[i] = (1 - confidence) / (EMOTION_COUNT - 1);
    row[called] = confidence;
}

START_TEST(wilson_interval_agrees_with_its_formula) {
    /* Computed with the formula of Wilson 1927 in Python. */
    static const struct {
        uint32_t right, n;
        double low, high;
    } cases[] = {{7, 10, 0.39677814746, 0.89220873259},
                 {0, 10, 0, 0.27753279986},
                 {10, 10, 0.72246720014, 1},
                 {2588, 3589, 0.70618985101, 0.73552181876}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Share share = metrics_share(cases[i].right, cases[i].n);
        ck_assert_double_eq_tol(share.value, (double)cases[i].right / cases[i].n, 1e-15);
        ck_assert_double_eq_tol(share.low, cases[i].low, 1e-9);
        ck_assert_double_eq_tol(share.high, cases[i].high, 1e-9);
    }
}
END_TEST

START_TEST(nothing_measured_gives_zeros_and_the_widest_interval) {
    Metrics metrics = metrics_measure(NULL, NULL, 0);
    ck_assert_uint_eq(metrics.n, 0);
    ck_assert_double_eq(metrics.accuracy.value, 0);
    ck_assert_double_eq(metrics.accuracy.low, 0);
    ck_assert_double_eq(metrics.accuracy.high, 1);
    ck_assert_double_eq(metrics.macro_f1, 0);
    ck_assert_double_eq(metrics.ece, 0);
}
END_TEST

START_TEST(precision_recall_and_f1_are_as_counted_by_hand) {
    static const Emotion truth[] = {0, 0, 3, 3, 3, 6, 1}, called[] = {0, 3, 3, 3, 6, 6, 0};
    enum { N = sizeof truth / sizeof *truth };
    float rows[N][EMOTION_COUNT];
    uint8_t labels[N];
    for (int i = 0; i < N; i++) {
        answer(rows[i], called[i], 0.6f);
        labels[i] = (uint8_t)truth[i];
    }
    Metrics metrics = metrics_measure(rows[0], labels, N);
    ck_assert_double_eq_tol(metrics.accuracy.value, 4.0 / 7, 1e-12);
    /* angry: 1 right of 2 called and of 2 true; happy: 2 of 3 and of 3; neutral: 1 of 2 and of 1.
     */
    static const double expected[EMOTION_COUNT][3] = {
        {1.0 / 2, 1.0 / 2, 1.0 / 2}, {0}, {0}, {2.0 / 3, 2.0 / 3, 2.0 / 3}, {0}, {0},
        {1.0 / 2, 1, 2.0 / 3},
    };
    static const uint32_t support[EMOTION_COUNT] = {2, 1, 0, 3, 0, 0, 1};
    for (int c = 0; c < EMOTION_COUNT; c++) {
        ck_assert_double_eq_tol(metrics.classes[c].precision, expected[c][0], 1e-12);
        ck_assert_double_eq_tol(metrics.classes[c].recall, expected[c][1], 1e-12);
        ck_assert_double_eq_tol(metrics.classes[c].f1, expected[c][2], 1e-12);
        ck_assert_uint_eq(metrics.classes[c].support, support[c]);
    }
    /* Over the four classes that occur. */
    ck_assert_double_eq_tol(metrics.macro_f1, (1.0 / 2 + 0 + 2.0 / 3 + 2.0 / 3) / 4, 1e-12);
    ck_assert_uint_eq(metrics.confusion[0][3], 1);
    ck_assert_uint_eq(metrics.confusion[3][6], 1);
    ck_assert_uint_eq(metrics.confusion[1][0], 1);
    ck_assert_uint_eq(metrics.confusion[3][3], 2);
}
END_TEST

START_TEST(calibration_error_is_the_gap_between_confidence_and_accuracy) {
    float rows[4][EMOTION_COUNT];
    answer(rows[0], EMOTION_HAPPY, 0.9f);
    answer(rows[1], EMOTION_SAD, 0.9f);
    answer(rows[2], EMOTION_FEAR, 0.5f);
    answer(rows[3], EMOTION_FEAR, 0.5f);
    static const uint8_t labels[] = {EMOTION_HAPPY, EMOTION_SAD, EMOTION_FEAR, EMOTION_ANGRY};
    Metrics metrics = metrics_measure(rows[0], labels, 4);
    /* Two sure and right: a gap of 0.1; two half sure, one right: none. */
    ck_assert_double_eq_tol(metrics.ece, 0.05, 1e-7);
    ck_assert_uint_eq(metrics.bins[13].count, 2);
    ck_assert_double_eq_tol(metrics.bins[13].confidence, 0.9, 1e-7);
    ck_assert_double_eq(metrics.bins[13].accuracy, 1);
    ck_assert_uint_eq(metrics.bins[7].count, 2);
    ck_assert_double_eq(metrics.bins[7].accuracy, 0.5);
    ck_assert_double_eq_tol(metrics.nll, -(2 * log(0.9) + log(0.5) + log(0.5 / 6)) / 4, 1e-6);
}
END_TEST

START_TEST(certainty_falls_into_the_last_bin_and_a_vanished_truth_stays_finite) {
    float row[EMOTION_COUNT] = {[EMOTION_HAPPY] = 1};
    Metrics metrics = metrics_measure(row, (const uint8_t[]){EMOTION_SAD}, 1);
    ck_assert_uint_eq(metrics.bins[METRICS_BINS - 1].count, 1);
    ck_assert_double_eq(metrics.ece, 1);
    ck_assert(isfinite(metrics.nll) && metrics.nll > 80);
}
END_TEST

enum { MADE_UP = 500 };

/* The set that the numbers of the next test were computed on with NumPy: a small linear
 * congruential generator, so that both sides can draw it. */
static void make_up(float rows[MADE_UP][EMOTION_COUNT], uint8_t labels[MADE_UP]) {
    uint32_t state = 12345;
#define NEXT() ((state = (state * 1103515245u + 12345u) & 0x7fffffffu) >> 8 & 0xffffu)
    for (int i = 0; i < MADE_UP; i++) {
        uint32_t weights[EMOTION_COUNT], total = 0;
        for (int c = 0; c < EMOTION_COUNT; c++)
            weights[c] = 1 + NEXT() % 1000;
        labels[i] = (uint8_t)(NEXT() % EMOTION_COUNT);
        if (NEXT() % 3)
            weights[labels[i]] += 2000;
        for (int c = 0; c < EMOTION_COUNT; c++)
            total += weights[c];
        for (int c = 0; c < EMOTION_COUNT; c++)
            rows[i][c] = (float)weights[c] / (float)total;
    }
#undef NEXT
}

START_TEST(all_figures_agree_with_numpy) {
    static float rows[MADE_UP][EMOTION_COUNT];
    static uint8_t labels[MADE_UP];
    make_up(rows, labels);
    Metrics metrics = metrics_measure(rows[0], labels, MADE_UP);
    static const double f1[] = {0.7151515151515152, 0.746268656716418,  0.7121212121212122, 0.7,
                                0.7101449275362319, 0.6666666666666666, 0.7333333333333333};
    for (int c = 0; c < EMOTION_COUNT; c++)
        ck_assert_double_eq_tol(metrics.classes[c].f1, f1[c], 1e-12);
    ck_assert_double_eq_tol(metrics.accuracy.value, 356.0 / 500, 1e-12);
    ck_assert_double_eq_tol(metrics.classes[0].precision, 0.6941176470588235, 1e-12);
    ck_assert_double_eq_tol(metrics.classes[4].recall, 0.6447368421052632, 1e-12);
    ck_assert_double_eq_tol(metrics.macro_f1, 0.7119551873607682, 1e-12);
    ck_assert_double_eq_tol(metrics.ece, 0.37950468054413794, 1e-7);
    ck_assert_double_eq_tol(metrics.nll, 1.2549912824141847, 1e-9);
}
END_TEST

START_TEST(fitted_temperature_makes_the_likelihood_greatest_and_keeps_the_predictions) {
    static float rows[MADE_UP][EMOTION_COUNT], scaled[MADE_UP][EMOTION_COUNT];
    static uint8_t labels[MADE_UP];
    make_up(rows, labels);
    Calibration fitted = calibration_fit(rows[0], labels, MADE_UP), tried = fitted;
    double nll[3];
    Metrics before = metrics_measure(rows[0], labels, MADE_UP), after;
    for (int t = 0; t < 3; t++) {
        tried.temperature = fitted.temperature * (0.95f + 0.05f * (float)t);
        for (int i = 0; i < MADE_UP; i++)
            calibration_apply(tried, rows[i], scaled[i]);
        Metrics metrics = metrics_measure(scaled[0], labels, MADE_UP);
        nll[t] = metrics.nll;
        if (t == 1)
            after = metrics;
    }
    ck_assert_double_eq_tol(fitted.temperature, 0.51585, 1e-3);
    ck_assert_double_eq(fitted.floor, 0);
    ck_assert_double_lt(nll[1], nll[0]);
    ck_assert_double_lt(nll[1], nll[2]);
    ck_assert_double_eq_tol(nll[1], 1.1064320625, 1e-6); /* NumPy's minimum */
    ck_assert_double_eq(after.accuracy.value, before.accuracy.value);
    ck_assert_int_eq(memcmp(before.confusion, after.confusion, sizeof before.confusion), 0);
    ck_assert_double_lt(after.ece, before.ece);
}
END_TEST

Suite *metrics_suite(void) {
    Suite *suite = suite_create("metrics");
    TCase *tcase = tcase_create("figures");
    tcase_add_test(tcase, wilson_interval_agrees_with_its_formula);
    tcase_add_test(tcase, nothing_measured_gives_zeros_and_the_widest_interval);
    tcase_add_test(tcase, precision_recall_and_f1_are_as_counted_by_hand);
    tcase_add_test(tcase, calibration_error_is_the_gap_between_confidence_and_accuracy);
    tcase_add_test(tcase, certainty_falls_into_the_last_bin_and_a_vanished_truth_stays_finite);
    tcase_add_test(tcase, all_figures_agree_with_numpy);
    tcase_add_test(tcase,
                   fitted_temperature_makes_the_likelihood_greatest_and_keeps_the_predictions);
    suite_add_tcase(suite, tcase);
    return suite;
}
