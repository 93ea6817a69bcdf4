/* Several sources of probabilities as one. */
#include "infer/evaluate/stacking.h"
#include "nn/base/rng.h"

#include <check.h>
#include <math.h>
#include <string.h>

enum { ROWS = 700 };
static uint8_t labels[ROWS];
static float good[ROWS * EMOTION_COUNT], noise[ROWS * EMOTION_COUNT];

static void softmax(const float *logits, float temperature, float *p) {
    float sum = 0;
    for (int c = 0; c < EMOTION_COUNT; c++)
        sum += p[c] = expf(logits[c] / temperature);
    for (int c = 0; c < EMOTION_COUNT; c++)
        p[c] /= sum;
}

/* `good` knows the label, too sure of itself by a factor of two; `noise` knows nothing. */
static void set_up(void) {
    Rng rng = rng_seed(3);
    for (uint32_t i = 0; i < ROWS; i++) {
        float logits[EMOTION_COUNT], other[EMOTION_COUNT];
        labels[i] = (uint8_t)(i % EMOTION_COUNT);
        for (uint32_t c = 0; c < EMOTION_COUNT; c++) {
            logits[c] = rng_normal(rng, i * EMOTION_COUNT + c) + (labels[i] == c ? 1.0f : 0);
            other[c] = rng_normal(rng, (ROWS + i) * EMOTION_COUNT + c);
        }
        softmax(logits, 0.5f, good + (size_t)i * EMOTION_COUNT);
        softmax(other, 1, noise + (size_t)i * EMOTION_COUNT);
    }
}

static double loss_of(const Stacking *stacking, const float *const *sources) {
    double sum = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const float *row[2] = {sources[0] + i * EMOTION_COUNT,
                               stacking->sources > 1 ? sources[1] + i * EMOTION_COUNT : NULL};
        float p[EMOTION_COUNT];
        stacking_apply(stacking, row, p);
        sum -= log((double)p[labels[i]]) / ROWS;
    }
    return sum;
}

START_TEST(a_source_too_sure_of_itself_is_calmed) {
    const float *sources[] = {good};
    Stacking plain = stacking_fit(sources, 1, labels, 0, 1e-3);
    Stacking fitted = stacking_fit(sources, 1, labels, ROWS, 1e-3);
    double mean = 0;
    for (int c = 0; c < EMOTION_COUNT; c++) {
        ck_assert_double_eq(plain.weight[0][c], 1);
        mean += fitted.weight[0][c] / EMOTION_COUNT;
    }
    ck_assert_double_eq_tol(mean, 0.5, 0.1);
    ck_assert_double_lt(loss_of(&fitted, sources), loss_of(&plain, sources) - 0.1);
}
END_TEST

START_TEST(a_source_that_knows_nothing_is_not_heard) {
    const float *sources[] = {good, noise};
    Stacking one = stacking_fit(sources, 1, labels, ROWS, 1e-3);
    Stacking two = stacking_fit(sources, 2, labels, ROWS, 1e-3);
    for (int c = 0; c < EMOTION_COUNT; c++)
        ck_assert_double_lt(fabs(two.weight[1][c]), 0.15);
    ck_assert_double_eq_tol(loss_of(&one, sources), loss_of(&two, sources), 0.01);
}
END_TEST

START_TEST(certainty_gives_finite_probabilities) {
    float sure[EMOTION_COUNT] = {1}, p[EMOTION_COUNT], sum = 0;
    const float *row[] = {sure}, *sources[] = {good};
    Stacking fitted = stacking_fit(sources, 1, labels, ROWS, 1e-3);
    stacking_apply(&fitted, row, p);
    for (int c = 0; c < EMOTION_COUNT; c++)
        sum += p[c];
    ck_assert_float_eq_tol(sum, 1, 1e-5f);
    ck_assert_int_eq((int)emotion_most_probable(p), 0);
}
END_TEST

Suite *stacking_suite(void) {
    Suite *suite = suite_create("stacking");
    TCase *tcase = tcase_create("stacking");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_source_too_sure_of_itself_is_calmed);
    tcase_add_test(tcase, a_source_that_knows_nothing_is_not_heard);
    tcase_add_test(tcase, certainty_gives_finite_probabilities);
    suite_add_tcase(suite, tcase);
    return suite;
}
