/* Random forests on tables whose trees can be told by hand. */
#include "nn/io/file.h"
#include "nn/trees/forest.h"
#include "nn/trees/grow.h"
#include "nn/trees/ranks.h"
#include "tests/support/forest_accuracy.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static Error error;

static const ForestSettings PLAIN = {.trees = 30, .leaf = 1, .seed = 7};

static Forest *fit(const ForestTable *table, ForestSettings settings) {
    Forest *forest = forest_fit(table, &settings, &error);
    ck_assert_msg(forest != NULL, "%s", error.message);
    return forest;
}

/* Rows of noise whose class is the sum of two of the inputs being above 0. */
enum { ROWS = 600, INPUTS = 6 };

static ForestTable noise(int missing_every) {
    static float x[ROWS * INPUTS];
    static int labels[ROWS];
    for (int row = 0; row < ROWS; row++) {
        float *at = x + row * INPUTS;
        for (int i = 0; i < INPUTS; i++)
            at[i] = rng_normal(rng_seed(11), (uint64_t)(row * INPUTS + i));
        labels[row] = at[1] + at[4] > 0;
        if (missing_every && row % missing_every == 0)
            at[2] = NAN;
    }
    return (ForestTable){x, labels, ROWS, INPUTS, 2};
}

static GrownTree grow(const Ranks *ranks, const int *labels, const uint8_t *times, int inputs) {
    static const double weights[] = {1, 1, 1};
    RankedTable table = {ranks->rows, ranks->inputs, 3, ranks->of, ranks->n, labels, weights};
    GrowSettings settings = {0, 1, inputs};
    GrownTree tree;
    ck_assert_int_eq(tree_grow(&table, &settings, times, rng_seed(1), &tree, &error), 0);
    return tree;
}

/* Weights 6 of class 0, 2 of 1: only between 2 and 3 do the sides become pure. The impurity that
 * goes is 5²/5 + 3²/3 - (5² + 3²)/8 = 8 - 34/8 = 3.75. */
START_TEST(a_split_is_where_the_impurity_falls_most) {
    static const float x[] = {1, 9, 2, 9, 3, 9, 4, 9};
    static const int labels[] = {0, 0, 1, 1};
    static const uint8_t times[] = {3, 2, 1, 2};
    Ranks ranks;
    ck_assert_int_eq(ranks_make(&ranks, x, 4, 2, 0, &error), 0);
    GrownTree tree = grow(&ranks, labels, times, 1); /* the second input never varies */
    ck_assert_int_eq(tree.n_nodes, 3);
    ck_assert_int_eq(tree.nodes[0].input, 0);
    ck_assert_float_eq(ranks_threshold(&ranks, 0, tree.nodes[0].rank, tree.nodes[0].above), 2.5f);
    ck_assert_double_eq_tol(tree.importance[0], 3.75, 1e-12);
    ck_assert_double_eq(tree.importance[1], 0);
    ck_assert_float_eq(tree.leaves[3 * tree.nodes[1].child], 1);
    ck_assert_float_eq(tree.leaves[3 * tree.nodes[2].child + 1], 1);
    grown_tree_free(&tree);
    ranks_free(&ranks);
}
END_TEST

START_TEST(rows_outside_of_the_sample_do_not_count) {
    static const float x[] = {1, 2, 3, 4};
    static const int labels[] = {0, 1, 0, 2};
    static const uint8_t times[] = {1, 0, 1, 1};
    Ranks ranks;
    ck_assert_int_eq(ranks_make(&ranks, x, 4, 1, 0, &error), 0);
    GrownTree tree = grow(&ranks, labels, times, 1);
    ck_assert_int_eq(tree.n_leaves, 2);
    ck_assert_float_eq(ranks_threshold(&ranks, 0, tree.nodes[0].rank, tree.nodes[0].above), 3.5f);
    grown_tree_free(&tree);
    ranks_free(&ranks);
}
END_TEST

START_TEST(bins_share_the_rows_and_equal_values_stay_together) {
    float x[100];
    for (int i = 0; i < 100; i++)
        x[i] = i < 60 ? 5 : (float)i;
    Ranks ranks;
    ck_assert_int_eq(ranks_make(&ranks, x, 100, 1, 5, &error), 0);
    ck_assert_int_eq(ranks.n[0], 5);
    int counts[5] = {0};
    for (int i = 0; i < 100; i++)
        counts[ranks.of[i]]++;
    ck_assert_int_eq(counts[0], 60);
    for (int bin = 1; bin < 5; bin++)
        ck_assert_int_eq(counts[bin], 10);
    ck_assert_float_eq(ranks_threshold(&ranks, 0, 0, 1), 32.5f);
    ranks_free(&ranks);
}
END_TEST

START_TEST(what_can_be_learnt_is_learnt) {
    ForestTable table = noise(0);
    for (int bins = 0; bins <= 64; bins += 64) {
        ForestSettings settings = PLAIN;
        settings.bins = bins;
        Forest *forest = fit(&table, settings);
        ck_assert_double_gt(forest_accuracy(forest, &table), 0.99);
        ck_assert_double_gt(forest_out_of_bag(forest), 0.88);
        ck_assert_double_lt(forest_out_of_bag(forest), 0.99);
        const float *importance = forest_importance(forest);
        float sum = 0;
        for (int i = 0; i < INPUTS; i++) {
            sum += importance[i];
            if (i != 1 && i != 4) {
                ck_assert_float_lt(importance[i], importance[1] / 2);
                ck_assert_float_lt(importance[i], importance[4] / 2);
            }
        }
        ck_assert_float_eq_tol(sum, 1, 1e-5f);
        forest_destroy(forest);
    }
}
END_TEST

static char *file_of(const ForestTable *table, int threads, const char *name, size_t *size) {
    omp_set_num_threads(threads);
    ForestSettings settings = PLAIN;
    settings.bins = 32;
    settings.balanced = true;
    Forest *forest = fit(table, settings);
    const char *path = scratch_path(name);
    ck_assert_msg(!forest_save(forest, path, NULL, &error), "%s", error.message);
    forest_destroy(forest);
    unsigned char *bytes;
    ck_assert_msg(!file_read(path, 1 << 26, &bytes, size, &error), "%s", error.message);
    return (char *)bytes;
}

START_TEST(any_number_of_threads_gives_the_same_forest) {
    ForestTable table = noise(5);
    size_t one_size, many_size;
    char *one = file_of(&table, 1, "one", &one_size),
         *many = file_of(&table, 5, "many", &many_size);
    ck_assert_uint_eq(one_size, many_size);
    ck_assert_mem_eq(one, many, one_size);
    free(one);
    free(many);
}
END_TEST

START_TEST(a_missing_value_is_less_than_any) {
    static const float x[] = {NAN, NAN, NAN, -1e30f, -5, 7, NAN, 3};
    static const int labels[] = {1, 1, 1, 0, 0, 0, 1, 0};
    ForestTable table = {x, labels, 8, 1, 2};
    Forest *forest = fit(&table, PLAIN);
    static const float asked[] = {NAN, -1e30f, 1e30f};
    float p[6];
    forest_probabilities(forest, asked, 3, p);
    ck_assert_float_gt(p[1], 0.9f);
    ck_assert_float_gt(p[2], 0.9f);
    ck_assert_float_gt(p[4], 0.9f);
    forest_destroy(forest);
}
END_TEST

START_TEST(balance_gives_rare_classes_their_weight) {
    float x[200];
    int labels[200];
    for (int i = 0; i < 200; i++) {
        x[i] = (float)(i % 2);
        labels[i] = i % 2 && i % 20 == 1; /* of the odd rows one in ten */
    }
    ForestTable table = {x, labels, 200, 1, 2};
    static const float odd = 1;
    float p[2];
    ForestSettings settings = PLAIN;
    settings.trees = 300;
    Forest *forest = fit(&table, settings);
    forest_probabilities(forest, &odd, 1, p);
    ck_assert_float_eq_tol(p[1], 0.1f, 0.02f);
    forest_destroy(forest);
    settings.balanced = true; /* 10 rows of weight 10 against 90 of 200 / 380 */
    forest = fit(&table, settings);
    forest_probabilities(forest, &odd, 1, p);
    ck_assert_float_eq_tol(p[1], 100 / (100 + 90 * 200 / 380.0f), 0.04f);
    forest_destroy(forest);
}
END_TEST

START_TEST(depth_and_leaves_are_held) {
    ForestTable table = noise(0);
    ForestSettings settings = PLAIN;
    settings.depth = 1;
    settings.trees = 4;
    Forest *forest = fit(&table, settings);
    ck_assert_int_eq(forest_nodes(forest), 12);
    forest_destroy(forest);
    settings.depth = 0;
    settings.leaf = ROWS;
    forest = fit(&table, settings);
    ck_assert_int_eq(forest_nodes(forest), 4);
    forest_destroy(forest);
}
END_TEST

START_TEST(a_saved_forest_answers_the_same) {
    ForestTable table = noise(3);
    Forest *forest = fit(&table, PLAIN);
    static const char *const inputs[] = {"a", "b", "c", "d", "e", "f"}, *const classes[] = {"-",
                                                                                            "+"};
    ck_assert_int_eq(forest_name(forest, inputs, classes, &error), 0);
    const char *path = scratch_path("forest.safetensors");
    ck_assert_int_eq(forest_save(forest, path, NULL, &error), 0);
    Forest *back = forest_load(path, &error);
    ck_assert_msg(back != NULL, "%s", error.message);
    float before[2 * ROWS], after[2 * ROWS];
    forest_probabilities(forest, table.x, ROWS, before);
    forest_probabilities(back, table.x, ROWS, after);
    ck_assert_mem_eq(before, after, sizeof before);
    ck_assert_str_eq(forest_input_name(back, 5), "f");
    ck_assert_str_eq(forest_class_name(back, 1), "+");
    ck_assert_double_nan(forest_out_of_bag(back));
    forest_destroy(back);
    forest_destroy(forest);
}
END_TEST

/* What loading says of the saved file once the float at `place` of a tensor is changed. */
static const char *complaint(const char *tensor, size_t place, float value) {
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(file_read(scratch_path("forest.safetensors"), 1 << 26, &bytes, &size, &error),
                     0);
    SafetensorsFile *file = safetensors_open_bytes(bytes, size, "forest", &error);
    ck_assert_ptr_nonnull(file);
    const SafetensorsEntry *entry = safetensors_find(file, tensor);
    ck_assert_ptr_nonnull(entry);
    memcpy(bytes + (entry->bytes - bytes) + 4 * place, &value, sizeof value);
    safetensors_close(file);
    ck_assert_ptr_null(forest_load_bytes(bytes, size, "damaged", &error));
    free(bytes);
    return error.message;
}

START_TEST(a_file_that_leads_nowhere_is_refused) {
    ForestTable table = noise(0);
    Forest *forest = fit(&table, PLAIN);
    ck_assert_int_eq(forest_save(forest, scratch_path("forest.safetensors"), NULL, &error), 0);
    forest_destroy(forest);
    assert_contains(complaint("nodes.child", 0, 0), "an index"); /* a circle */
    assert_contains(complaint("nodes.child", 0, 1e9f), "an index");
    assert_contains(complaint("nodes.input", 0, INPUTS), "an index");
    assert_contains(complaint("nodes.input", 0, 0.5f), "an index");
    assert_contains(complaint("roots", 1, -1), "an index");
    assert_contains(complaint("leaves", 1, NAN), "not finite");
}
END_TEST

START_TEST(what_cannot_be_fitted_is_told) {
    static const float x[] = {1, INFINITY};
    static const int labels[] = {0, 1}, wrong[] = {0, 2};
    ForestTable table = {x, labels, 2, 1, 2};
    ck_assert_ptr_null(forest_fit(&table, &PLAIN, &error));
    assert_contains(error.message, "row 2, input 1");
    table.labels = wrong;
    ck_assert_ptr_null(forest_fit(&table, &PLAIN, &error));
    assert_contains(error.message, "class 2");
    table.rows = 1;
    ck_assert_ptr_null(forest_fit(&table, &PLAIN, &error));
    assert_contains(error.message, "1 rows");
}
END_TEST

START_TEST(constant_columns_make_one_leaf) {
    static const float x[] = {4, 4, 4, 4};
    static const int labels[] = {0, 1, 1, 1};
    ForestTable table = {x, labels, 4, 1, 2};
    Forest *forest = fit(&table, PLAIN);
    ck_assert_int_eq(forest_nodes(forest), PLAIN.trees);
    ck_assert_float_eq(forest_importance(forest)[0], 0);
    forest_destroy(forest);
}
END_TEST

Suite *forest_suite(void) {
    Suite *suite = suite_create("forest");
    TCase *trees = tcase_create("trees");
    tcase_add_test(trees, a_split_is_where_the_impurity_falls_most);
    tcase_add_test(trees, rows_outside_of_the_sample_do_not_count);
    tcase_add_test(trees, bins_share_the_rows_and_equal_values_stay_together);
    suite_add_tcase(suite, trees);
    TCase *forests = tcase_create("forests");
    tcase_add_checked_fixture(forests, scratch_create, scratch_remove);
    tcase_set_timeout(forests, 60);
    tcase_add_test(forests, what_can_be_learnt_is_learnt);
    tcase_add_test(forests, any_number_of_threads_gives_the_same_forest);
    tcase_add_test(forests, a_missing_value_is_less_than_any);
    tcase_add_test(forests, balance_gives_rare_classes_their_weight);
    tcase_add_test(forests, depth_and_leaves_are_held);
    tcase_add_test(forests, a_saved_forest_answers_the_same);
    tcase_add_test(forests, a_file_that_leads_nowhere_is_refused);
    tcase_add_test(forests, what_cannot_be_fitted_is_told);
    tcase_add_test(forests, constant_columns_make_one_leaf);
    suite_add_tcase(suite, forests);
    return suite;
}
