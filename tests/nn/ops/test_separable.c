/* The separable convolution in one pass against the operators that it stands for, on every
 * instruction set. */
#include "nn/ops/operators.h"
#include "tests/support/probe.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

typedef struct Case {
    int n, h, w, inputs, outputs;
} Case;

/* The networks' own sizes, and odd ones: panels that are not full, single rows and columns. */
static const Case cases[] = {{2, 8, 8, 16, 48},  {1, 6, 10, 8, 16}, {3, 4, 4, 80, 80},
                             {1, 2, 14, 3, 5},   {1, 2, 2, 1, 1},   {2, 12, 6, 17, 24},
                             {1, 16, 26, 64, 20}};
static const Case odd[] = {
    {1, 1, 1, 4, 8}, {2, 1, 7, 16, 16}, {1, 5, 3, 9, 36}, {1, 7, 13, 32, 32}};
enum { N_CASES = sizeof cases / sizeof *cases, N_ODD = sizeof odd / sizeof *odd };

/* The result in one pass, or by the plain operators (caller frees). */
static float *result(const Case *test, const float *data, bool prepared, bool max_pool,
                     size_t *count) {
    float *pointwise = probe_random(2, (size_t)test->inputs * test->outputs);
    float *depthwise = probe_random(3, 9 * (size_t)test->outputs);
    float *shift = probe_random(4, (size_t)test->outputs);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(1));
    Tensor *x = tape_input(tape, "x", shape(test->n, test->h, test->w, test->inputs), data), *y;
    Tensor *mix = tape_input(tape, "mix", shape(test->outputs, test->inputs), pointwise);
    Tensor *each = tape_input(tape, "each", shape(test->outputs, 1, 3, 3), depthwise);
    Tensor *bias = tape_input(tape, "bias", shape(test->outputs), shift);
    Shape s = separable_prepared_shape(mix);
    float *memory = malloc(shape_count(s) * sizeof *memory);
    if (prepared) {
        Tensor *packed = tape_input(tape, "packed", s, memory);
        separable_prepare(mix, each, bias, packed);
        y = op_separable_prepared(tape, x, mix, packed, max_pool);
    } else {
        Conv2d settings = {.padding = 1, .groups = test->outputs, .relu = true};
        y = op_conv2d(tape, op_linear(tape, x, mix, NULL), each, bias, settings);
        y = max_pool ? op_max_pool(tape, y, (Pool){.size = 2}) : y;
    }
    Error error;
    ck_assert_msg(!tape_check(tape, &error), "%s", error.message);
    *count = tensor_count(y);
    float *copy = malloc(*count * sizeof *copy);
    memcpy(copy, y->data, *count * sizeof *copy);
    tape_destroy(tape);
    float *all[] = {pointwise, depthwise, shift, memory};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    return copy;
}

static void check_case(const Case *test, bool max_pool) {
    size_t count, same;
    float *data = probe_random(1, (size_t)test->n * test->h * test->w * test->inputs);
    float *plain = result(test, data, false, max_pool, &count);
    float *found = result(test, data, true, max_pool, &same);
    ck_assert_uint_eq(count, same);
    double *expected = malloc(count * sizeof *expected);
    for (size_t i = 0; i < count; i++)
        expected[i] = plain[i];
    ck_assert_msg(probe_distance(found, expected, count) < 1e-5, "(%d,%d,%d,%d) to %d, pooled %d",
                  test->n, test->h, test->w, test->inputs, test->outputs, max_pool);
    free(data);
    free(plain);
    free(found);
    free(expected);
}

START_TEST(one_pass_gives_what_its_operators_give) {
    if (!probe_use_isa((Isa)_i))
        return;
    for (int i = 0; i < N_CASES; i++) {
        check_case(&cases[i], false);
        check_case(&cases[i], true);
    }
    for (int i = 0; i < N_ODD; i++)
        check_case(&odd[i], false);
}
END_TEST

START_TEST(a_map_gives_the_same_bits_alone_and_in_a_batch) {
    Case alone = {1, 6, 10, 24, 40}, batch = {5, 6, 10, 24, 40};
    size_t x_size = (size_t)6 * 10 * 24, all, one;
    float *data = probe_random(1, x_size * 5);
    omp_set_num_threads(2);
    float *together = result(&batch, data, true, true, &all);
    for (int i = 0; i < batch.n; i++) {
        float *single = result(&alone, data + x_size * (size_t)i, true, true, &one);
        ck_assert_uint_eq(one * 5, all);
        ck_assert_mem_eq(single, together + one * (size_t)i, one * sizeof *single);
        free(single);
    }
    free(data);
    free(together);
}
END_TEST

START_TEST(a_nan_is_not_lost) {
    if (!probe_use_isa((Isa)_i))
        return;
    Case test = {1, 4, 4, 2, 16};
    size_t count;
    float *data = probe_random(1, 32);
    data[10] = NAN;
    for (int max_pool = 0; max_pool < 2; max_pool++) {
        float *y = result(&test, data, true, max_pool, &count);
        ck_assert(isnan(y[0]));
        free(y);
    }
    free(data);
}
END_TEST

START_TEST(sizes_that_do_not_fit_are_refused) {
    float data[64] = {0};
    Error error;
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(1));
    Tensor *mix = tape_input(tape, "mix", shape(16, 2), data);
    static float packed[12 * 16];
    Tensor *prepared = tape_input(tape, "packed", separable_prepared_shape(mix), packed);
    Tensor *x = tape_input(tape, "x", shape(1, 3, 4, 2), data);
    ck_assert_ptr_null(op_separable_prepared(tape, x, mix, prepared, true));
    ck_assert_int_eq(tape_check(tape, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.message, "expected an even size"));
    tape_destroy(tape);
}
END_TEST

Suite *separable_suite(void) {
    Suite *suite = suite_create("separable");
    TCase *tests = tcase_create("separable");
    tcase_add_loop_test(tests, one_pass_gives_what_its_operators_give, 0, ISA_KINDS);
    tcase_add_test(tests, a_map_gives_the_same_bits_alone_and_in_a_batch);
    tcase_add_loop_test(tests, a_nan_is_not_lost, 0, ISA_KINDS);
    tcase_add_test(tests, sizes_that_do_not_fit_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
