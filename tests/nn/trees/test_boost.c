/* Boosted trees on tables whose trees can be told by hand. */
#include "nn/trees/boost.h"

#include "nn/base/rng.h"
#include "tests/support/forest_accuracy.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static Error error;

static Forest *fit(const ForestTable *table, BoostSettings settings) {
    Forest *forest = boost_fit(table, &settings, &error);
    ck_assert_msg(forest != NULL, "%s", error.message);
    return forest;
}

static BoostSettings one_stump(void) {
    BoostSettings settings = boost_defaults();
    settings.rounds = settings.depth = 1;
    settings.patience = 0;
    settings.rate = 1;
    return settings;
}

/* Both classes have half of the rows: a row's slopes are ±1/2 and its curvature 1/4. */
START_TEST(a_stump_is_what_it_is_by_hand) {
    static const float x[] = {0, 1, 2, 3};
    static const int labels[] = {0, 0, 1, 1};
    const ForestTable table = {x, labels, 4, 1, 2};
    Forest *forest = fit(&table, one_stump());
    ck_assert_int_eq(forest_trees(forest), 2);
    ck_assert_int_eq(forest_nodes(forest), 1 + 3);
    /* Each side's step is (2 × 1/2) / (2 × 1/4 + 1) for its class, and as much against the other.
     */
    float p[8], expected = (float)(1 / (1 + exp(-2 * (1 / 1.5))));
    forest_probabilities(forest, x, 4, p);
    ck_assert_float_eq_tol(p[0], expected, 1e-6f);
    ck_assert_float_eq_tol(p[2], expected, 1e-6f);
    ck_assert_float_eq_tol(p[5], expected, 1e-6f);
    ck_assert_float_eq_tol(p[7], expected, 1e-6f);
    static const float between[] = {1.4f, 1.6f};
    forest_probabilities(forest, between, 2, p);
    ck_assert_float_gt(p[0], 0.5f);
    ck_assert_float_lt(p[2], 0.5f);
    ck_assert_float_eq(forest_importance(forest)[0], 1);
    forest_destroy(forest);
}
END_TEST

/* The cross-entropy of `counts` rows of each of three classes, all with these scores. */
static double loss_of(const double scores[3], const int counts[3]) {
    double sum = exp(scores[0]) + exp(scores[1]) + exp(scores[2]), loss = 0;
    for (int i = 0; i < 3; i++)
        loss += counts[i] * (log(sum) - scores[i]);
    return loss;
}

/* A column without a split leaves one leaf, whose step follows from the loss's derivatives. */
START_TEST(a_leaf_is_a_newton_step) {
    static const float x[8] = {0};
    static const int labels[8] = {0, 0, 0, 0, 0, 1, 1, 2}, counts[3] = {5, 2, 1};
    const ForestTable table = {x, labels, 8, 1, 3};
    Forest *forest = fit(&table, one_stump());
    double start[3], step[3], sum = 0;
    for (int i = 0; i < 3; i++)
        start[i] = log((counts[i] + 1) / 11.);
    for (int i = 0; i < 3; i++) {
        const double h = 1e-4;
        double up[3], down[3];
        memcpy(up, start, sizeof up);
        memcpy(down, start, sizeof down);
        up[i] += h;
        down[i] -= h;
        double here = loss_of(start, counts), above = loss_of(up, counts),
               below = loss_of(down, counts);
        step[i] = -((above - below) / (2 * h)) / ((above - 2 * here + below) / (h * h) + 1);
        sum += exp(start[i] + step[i]);
    }
    float p[3];
    forest_probabilities(forest, x, 1, p);
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol((double)p[i], exp(start[i] + step[i]) / sum, 1e-5);
    forest_destroy(forest);
}
END_TEST

/* ------------------------------------------------------------------ noise with a rule */

enum { ROWS = 800, INPUTS = 6 };

/* Rows of noise; the class says whether two of the inputs have the same sign, which no single split
 * tells; with `random`, nothing. */
static ForestTable noise(bool random, int missing_every) {
    static float x[ROWS * INPUTS];
    static int labels[ROWS];
    for (int row = 0; row < ROWS; row++) {
        float *at = x + (size_t)row * INPUTS;
        for (int i = 0; i < INPUTS; i++)
            at[i] = rng_normal(rng_seed(11), (uint64_t)(row * INPUTS + i));
        labels[row] = random ? (int)rng_below(rng_seed(12), (uint64_t)row, 2) : at[1] * at[4] > 0;
        if (missing_every && row % missing_every == 0)
            at[2] = NAN;
    }
    return (ForestTable){x, labels, ROWS, INPUTS, 2};
}

START_TEST(what_no_single_split_tells_is_learnt) {
    ForestTable table = noise(false, 7);
    BoostSettings settings = boost_defaults();
    settings.inputs = INPUTS;
    settings.rows = 0.8f;
    Forest *forest = fit(&table, settings);
    ck_assert_double_gt(forest_out_of_bag(forest), 0.85);
    ck_assert_double_gt(forest_accuracy(forest, &table), 0.93);
    ck_assert_float_gt(forest_importance(forest)[1] + forest_importance(forest)[4], 0.5f);
    forest_destroy(forest);
}
END_TEST

/* A held-out value between two that a split parts is on the saved tree's side of the threshold. */
START_TEST(the_accuracy_held_out_is_that_of_the_saved_trees) {
    ForestTable table = noise(false, 7);
    BoostSettings settings = boost_defaults();
    settings.bins = 0;
    settings.rounds = 12;
    Forest *forest = fit(&table, settings);
    float p[2 * ROWS];
    forest_probabilities(forest, table.x, ROWS, p);
    Rng held_out = rng_split(rng_seed(settings.seed), 0);
    int held = 0, right = 0;
    for (int row = 0; row < ROWS; row++)
        if (rng_uniform(held_out, (uint64_t)row) < 0.1f) {
            right += (p[2 * row + 1] > p[2 * row]) == table.labels[row];
            held++;
        }
    ck_assert_int_gt(held, ROWS / 20);
    ck_assert_double_eq(forest_out_of_bag(forest), (double)right / held);
    forest_destroy(forest);
}
END_TEST

START_TEST(boosting_stops_where_nothing_is_to_be_learnt) {
    ForestTable table = noise(true, 0);
    BoostSettings settings = boost_defaults();
    settings.patience = 5;
    Forest *forest = fit(&table, settings);
    ck_assert_int_lt(forest_trees(forest), 30);
    ck_assert_double_lt(forest_out_of_bag(forest), 0.65);
    forest_destroy(forest);
}
END_TEST

START_TEST(any_number_of_threads_and_a_file_give_the_same_trees) {
    ForestTable table = noise(false, 5);
    BoostSettings settings = boost_defaults();
    settings.rounds = 25;
    settings.rows = 0.7f;
    float first[2 * ROWS], other[2 * ROWS];
    int threads = omp_get_max_threads();
    for (int n = 1; n <= 4; n *= 2) {
        omp_set_num_threads(n);
        Forest *forest = fit(&table, settings);
        forest_probabilities(forest, table.x, ROWS, n == 1 ? first : other);
        if (n > 1)
            ck_assert_mem_eq(first, other, sizeof first);
        if (n == 4) {
            ck_assert_int_eq(forest_save(forest, scratch_path("b.safetensors"), NULL, &error), 0);
            Forest *loaded = forest_load(scratch_path("b.safetensors"), &error);
            ck_assert_msg(loaded != NULL, "%s", error.message);
            ck_assert(forest_is_boosted(loaded));
            memset(other, 0, sizeof other);
            forest_probabilities(loaded, table.x, ROWS, other);
            ck_assert_mem_eq(first, other, sizeof first);
            forest_destroy(loaded);
        }
        forest_destroy(forest);
    }
    omp_set_num_threads(threads);
}
END_TEST

START_TEST(one_class_is_certain_and_exact_splits_work) {
    ForestTable table = noise(false, 0);
    BoostSettings settings = boost_defaults();
    settings.rounds = 20;
    settings.bins = 0;
    settings.balanced = true;
    Forest *forest = fit(&table, settings);
    ck_assert_double_gt(forest_accuracy(forest, &table), 0.8);
    forest_destroy(forest);
    static const int same[ROWS] = {0};
    table.labels = same;
    forest = fit(&table, settings);
    float p[2];
    forest_probabilities(forest, table.x, 1, p);
    ck_assert_float_gt(p[0], 0.99f);
    forest_destroy(forest);
}
END_TEST

START_TEST(what_cannot_be_boosted_is_said) {
    ForestTable table = noise(false, 0);
    BoostSettings settings = boost_defaults();
    settings.rate = 0;
    ck_assert_ptr_null(boost_fit(&table, &settings, &error));
    assert_contains(error.message, "rate 0");
    settings = boost_defaults();
    settings.depth = 0;
    ck_assert_ptr_null(boost_fit(&table, &settings, &error));
    assert_contains(error.message, "depth 0");
    settings = boost_defaults();
    table.rows = 2;
    ck_assert_ptr_null(boost_fit(&table, &settings, &error));
    assert_contains(error.message, "too few to hold some out");
    static const int wrong[ROWS] = {7};
    table.rows = ROWS;
    table.labels = wrong;
    ck_assert_ptr_null(boost_fit(&table, &settings, &error));
    assert_contains(error.message, "class 7");
}
END_TEST

Suite *boost_suite(void) {
    Suite *suite = suite_create("boost");
    TCase *tests = tcase_create("boost");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, a_stump_is_what_it_is_by_hand);
    tcase_add_test(tests, a_leaf_is_a_newton_step);
    tcase_add_test(tests, what_no_single_split_tells_is_learnt);
    tcase_add_test(tests, the_accuracy_held_out_is_that_of_the_saved_trees);
    tcase_add_test(tests, boosting_stops_where_nothing_is_to_be_learnt);
    tcase_add_test(tests, any_number_of_threads_and_a_file_give_the_same_trees);
    tcase_add_test(tests, one_class_is_certain_and_exact_splits_work);
    tcase_add_test(tests, what_cannot_be_boosted_is_said);
    suite_add_tcase(suite, tests);
    return suite;
}
