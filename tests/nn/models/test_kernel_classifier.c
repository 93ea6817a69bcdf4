#include "nn/models/kernel_classifier.h"

#include "nn/base/rng.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>

enum { ROWS = 60, INPUTS = 2, CLASSES = 3 };
static const KernelClassifierSettings settings = {.sharpness = 2, .penalty = 0.1f, .steps = 200};
static Error error;

/* Class 0 inside of a circle, 1 and 2 outside of it, left and right: no line divides them. */
static int class_of(const float *x) {
    return x[0] * x[0] + x[1] * x[1] < 1 ? 0 : x[0] < 0 ? 1 : 2;
}

static void draw(float *x, int *labels, int n, uint64_t seed) {
    for (int i = 0; i < n; i++) {
        for (int f = 0; f < INPUTS; f++)
            x[i * INPUTS + f] = 1.5f * rng_normal(rng_seed(seed), (uint64_t)(i * INPUTS + f));
        labels[i] = class_of(x + (size_t)i * INPUTS);
    }
}

static KernelClassifier *fit(const float *x, const int *labels) {
    KernelClassifier *classifier =
        kernel_classifier_fit(x, labels, ROWS, INPUTS, CLASSES, settings, &error);
    ck_assert_msg(classifier != NULL, "%s", error.message);
    return classifier;
}

START_TEST(classes_that_no_line_divides_are_told_apart) {
    float x[ROWS * INPUTS], probabilities[CLASSES];
    int labels[ROWS], right = 0;
    draw(x, labels, ROWS, 1);
    KernelClassifier *classifier = fit(x, labels);
    draw(x, labels, ROWS, 2);
    for (int i = 0; i < ROWS; i++) {
        kernel_classifier_probabilities(classifier, x + (size_t)i * INPUTS, probabilities);
        float sum = 0;
        int best = 0;
        for (int k = 0; k < CLASSES; k++) {
            sum += probabilities[k];
            best = probabilities[k] > probabilities[best] ? k : best;
        }
        ck_assert_float_eq_tol(sum, 1, 1e-5f);
        right += best == labels[i];
    }
    ck_assert_int_ge(right, 50);
    kernel_classifier_destroy(classifier);
}
END_TEST

/* Inputs are standardised: their units do not matter. */
START_TEST(units_do_not_matter) {
    float x[ROWS * INPUTS], scaled[ROWS * INPUTS], one[CLASSES], other[CLASSES];
    int labels[ROWS];
    draw(x, labels, ROWS, 1);
    for (int i = 0; i < ROWS * INPUTS; i++)
        scaled[i] = i % INPUTS ? 1000 * x[i] : 0.25f * x[i] - 8;
    KernelClassifier *a = fit(x, labels), *b = fit(scaled, labels);
    for (int i = 0; i < ROWS; i++) {
        kernel_classifier_probabilities(a, x + (size_t)i * INPUTS, one);
        kernel_classifier_probabilities(b, scaled + (size_t)i * INPUTS, other);
        for (int k = 0; k < CLASSES; k++)
            ck_assert_float_eq_tol(one[k], other[k], 1e-3f);
    }
    kernel_classifier_destroy(a);
    kernel_classifier_destroy(b);
}
END_TEST

START_TEST(what_cannot_be_fitted_is_refused) {
    float x[ROWS * INPUTS];
    int labels[ROWS];
    draw(x, labels, ROWS, 1);
    ck_assert_ptr_null(kernel_classifier_fit(x, labels, 1, INPUTS, CLASSES, settings, &error));
    assert_contains(error.message, "1 rows");
    x[7] = INFINITY;
    ck_assert_ptr_null(kernel_classifier_fit(x, labels, ROWS, INPUTS, CLASSES, settings, &error));
    assert_contains(error.message, "not finite");
}
END_TEST

Suite *kernel_classifier_suite(void) {
    Suite *suite = suite_create("kernel classifier");
    TCase *tests = tcase_create("kernel classifiers");
    tcase_add_test(tests, classes_that_no_line_divides_are_told_apart);
    tcase_add_test(tests, units_do_not_matter);
    tcase_add_test(tests, what_cannot_be_fitted_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
