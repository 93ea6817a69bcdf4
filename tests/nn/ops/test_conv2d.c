/* Convolution against a direct computation in fp64, on every instruction set, also of numbers
 * rounded to bfloat16, and its bits for any number of threads. */
#include "nn/base/bfloat16.h"
#include "nn/ops/operators.h"
#include "tests/support/probe.h"

#include <check.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

typedef struct Case {
    int n, h, w, c, o, kh, kw;
    Conv2d settings;
    bool bias;
} Case;

static const Case cases[] = {
    {3, 7, 6, 2, 5, 3, 2, {.stride = 2, .padding = 1}, true},
    {9, 5, 9, 3, 4, 1, 1, {0}, false},
    {2, 9, 8, 6, 9, 3, 3, {.stride = 2, .padding = 2, .groups = 3}, true},
    {2, 11, 11, 20, 8, 5, 5, {.padding = 2, .relu = true}, true},
    {10, 6, 7, 19, 19, 3, 3, {.padding = 1, .groups = 19}, true},
    {2, 9, 9, 16, 16, 5, 5, {.padding = 1, .stride = 3, .groups = 16, .relu = true}, false},
    /* depthwise, as separable convolutions have it: whole vectors of channels, and some beyond */
    {2, 7, 9, 32, 32, 3, 3, {.padding = 1, .groups = 32}, false},
    {3, 6, 5, 28, 28, 3, 3, {.padding = 1, .groups = 28, .relu = true}, true},
    {2, 1, 1, 16, 16, 3, 3, {.padding = 1, .groups = 16}, false},
    {2, 2, 1, 48, 48, 3, 3, {.padding = 1, .groups = 48}, false},
    {2, 1, 4, 17, 17, 3, 3, {.padding = 1, .groups = 17}, true},
    /* 3×3 with stride 1: the networks' own, at their sizes and at odd ones */
    {2, 48, 48, 1, 32, 3, 3, {.padding = 1}, false},
    {3, 7, 5, 1, 7, 3, 3, {.padding = 1}, true},
    {2, 5, 47, 1, 33, 3, 3, {.padding = 1, .relu = true}, true},
    {2, 48, 48, 32, 32, 3, 3, {.padding = 1}, false},
    {2, 24, 24, 32, 64, 3, 3, {.padding = 1}, false},
    {3, 12, 12, 64, 128, 3, 3, {.padding = 1}, false},
    {5, 6, 6, 128, 160, 3, 3, {.padding = 1}, false},
    {3, 13, 11, 17, 33, 3, 3, {.padding = 1}, true},
    {9, 7, 9, 40, 24, 3, 3, {.padding = 1, .relu = true}, true},
    {2, 1, 1, 24, 32, 3, 3, {.padding = 1}, true},
    {2, 3, 2, 32, 16, 3, 3, {.padding = 1}, false},
    {2, 10, 9, 24, 20, 3, 3, {0}, true},
    {2, 3, 3, 16, 16, 3, 3, {.padding = 2}, true},
    {1, 4, 6, 16, 16, 3, 3, {.padding = 4}, true},
    /* several images for each part of the weights' gradient, and several groups of outputs */
    {17, 23, 23, 16, 16, 3, 3, {.padding = 1}, false},
    {13, 16, 15, 16, 96, 3, 3, {.padding = 1}, false},
};
enum { N_CASES = sizeof cases / sizeof *cases };

static int or_1(int value) {
    return value ? value : 1;
}

/* y, dx, dweight and dbias in fp64, from the definition. */
typedef struct Reference {
    double *y, *dx, *dweight, *dbias;
} Reference;

/* Calls one of the four products for each place where an output and a weight meet on the image. */
static void visit(const Case *test, int out_h, int out_w,
                  void (*meet)(Reference *, size_t y, size_t x, size_t weight, const float *,
                               const float *),
                  Reference *reference, const float *a, const float *b) {
    int stride = or_1(test->settings.stride), groups = or_1(test->settings.groups);
    int group_c = test->c / groups, group_o = test->o / groups;
    size_t y = 0;
    for (int n = 0; n < test->n; n++)
        for (int p = 0; p < out_h; p++)
            for (int q = 0; q < out_w; q++)
                for (int o = 0; o < test->o; o++, y++)
                    for (int c = 0; c < group_c; c++)
                        for (int i = 0; i < test->kh; i++)
                            for (int j = 0; j < test->kw; j++) {
                                int iy = p * stride - test->settings.padding + i;
                                int ix = q * stride - test->settings.padding + j;
                                if (iy < 0 || iy >= test->h || ix < 0 || ix >= test->w)
                                    continue;
                                size_t x = (((size_t)n * test->h + iy) * test->w + ix) * test->c +
                                           o / group_o * group_c + c;
                                size_t weight =
                                    (((size_t)o * group_c + c) * test->kh + i) * test->kw + j;
                                meet(reference, y, x, weight, a, b);
                            }
}

static void meet_forward(Reference *r, size_t y, size_t x, size_t weight, const float *x_data,
                         const float *w_data) {
    r->y[y] += (double)x_data[x] * w_data[weight];
}

static void meet_dx(Reference *r, size_t y, size_t x, size_t weight, const float *dy,
                    const float *w_data) {
    r->dx[x] += (double)dy[y] * w_data[weight];
}

static void meet_dweight(Reference *r, size_t y, size_t x, size_t weight, const float *dy,
                         const float *x_data) {
    r->dweight[weight] += (double)dy[y] * x_data[x];
}

/* Everything one run of the operator takes and gives. */
typedef struct Run {
    size_t n_x, n_weight, n_y;
    int out_h, out_w;
    float *x, *weight, *bias, *dy;
    float *y, *dx, *dweight, *dbias; /* copies of the results */
} Run;

static float *copy(const float *data, size_t count) {
    float *to = malloc(count * sizeof *to);
    ck_assert_ptr_nonnull(to);
    return memcpy(to, data, count * sizeof *to);
}

/* Forward and backward, through a sum of the same convolution so many `times`. */
static void run(const Case *test, int times, bool bfloat16, Run *r) {
    int stride = or_1(test->settings.stride), groups = or_1(test->settings.groups);
    r->out_h = (test->h + 2 * test->settings.padding - test->kh) / stride + 1;
    r->out_w = (test->w + 2 * test->settings.padding - test->kw) / stride + 1;
    r->n_x = (size_t)test->n * test->h * test->w * test->c;
    r->n_weight = (size_t)test->o * test->c / groups * test->kh * test->kw;
    r->n_y = (size_t)test->n * r->out_h * r->out_w * test->o;
    r->x = probe_random(1, r->n_x);
    r->weight = probe_random(2, r->n_weight);
    r->bias = probe_random(3, test->o);
    r->dy = probe_random(4, r->n_y);
    Tape *tape = tape_create();
    tape_use_bfloat16(tape, bfloat16);
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    Tensor *x = tape_variable(tape, "x", shape(test->n, test->h, test->w, test->c), r->x);
    Tensor *weight = tape_variable(tape, "weight",
                                   shape(test->o, test->c / groups, test->kh, test->kw), r->weight);
    Tensor *bias = test->bias ? tape_variable(tape, "bias", shape(test->o), r->bias) : NULL;
    Tensor *y = op_conv2d(tape, x, weight, bias, test->settings);
    for (int i = 1; i < times; i++)
        y = op_add(tape, y, op_conv2d(tape, x, weight, bias, test->settings));
    Error error;
    int status = tape_backward(tape, probe_loss(tape, y, r->dy), &error);
    ck_assert_msg(!status, "%s", error.message);
    ck_assert(shape_equal(y->shape, shape(test->n, r->out_h, r->out_w, test->o)));
    r->y = copy(y->data, r->n_y);
    r->dx = copy(x->gradient, r->n_x);
    r->dweight = copy(weight->gradient, r->n_weight);
    r->dbias = bias ? copy(bias->gradient, test->o) : NULL;
    tape_destroy(tape);
}

static void run_free(Run *r) {
    float *all[] = {r->x, r->weight, r->bias, r->dy, r->y, r->dx, r->dweight, r->dbias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* Adds bias and ReLU to the reference; dy of what the ReLU cut off becomes 0, in the run's copy
 * too. */
static void finish_reference(const Case *test, Run *r, Reference *reference) {
    for (size_t i = 0; i < r->n_y; i++) {
        reference->y[i] += test->bias ? r->bias[i % test->o] : 0;
        if (test->settings.relu && reference->y[i] <= 0)
            reference->y[i] = r->dy[i] = 0;
        reference->dbias[i % test->o] += r->dy[i];
    }
}

/* Whether nn/conv/bfloat16.h takes it. */
static bool rounds(const Case *test) {
    return test->kh == 3 && test->kw == 3 && or_1(test->settings.stride) == 1 &&
           or_1(test->settings.groups) == 1 && test->settings.padding <= 2 && test->c >= 16 &&
           test->o >= 16;
}

static void round_all(float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        values[i] = bfloat16_to_float(bfloat16_from_float(values[i]));
}

static void check_case(const Case *test, bool bfloat16, const char *isa, int index) {
    Run r;
    run(test, 1, bfloat16, &r);
    bool rounded = bfloat16 && rounds(test);
    if (rounded) {
        round_all(r.x, r.n_x);
        round_all(r.weight, r.n_weight);
    }
    Reference reference = {calloc(r.n_y, sizeof(double)), calloc(r.n_x, sizeof(double)),
                           calloc(r.n_weight, sizeof(double)), calloc(test->o, sizeof(double))};
    visit(test, r.out_h, r.out_w, meet_forward, &reference, r.x, r.weight);
    finish_reference(test, &r, &reference);
    if (rounded)
        round_all(r.dy, r.n_y);
    visit(test, r.out_h, r.out_w, meet_dx, &reference, r.dy, r.weight);
    visit(test, r.out_h, r.out_w, meet_dweight, &reference, r.dy, r.x);
    double y = probe_distance(r.y, reference.y, r.n_y),
           dx = probe_distance(r.dx, reference.dx, r.n_x);
    double dweight = probe_distance(r.dweight, reference.dweight, r.n_weight);
    double dbias = test->bias ? probe_distance(r.dbias, reference.dbias, test->o) : 0;
    ck_assert_msg(y < 1e-5 && dx < 1e-4 && dweight < 1e-4 && dbias < 1e-4,
                  "case %d on %s%s: relative errors y %g, dx %g, dweight %g, dbias %g", index, isa,
                  bfloat16 ? " in bfloat16" : "", y, dx, dweight, dbias);
    free(reference.y);
    free(reference.dx);
    free(reference.dweight);
    free(reference.dbias);
    run_free(&r);
}

START_TEST(agrees_with_fp64) {
    if (!probe_use_isa((Isa)_i))
        return;
    for (int i = 0; i < N_CASES; i++) {
        check_case(&cases[i], false, isa_name((Isa)_i), i);
        check_case(&cases[i], true, isa_name((Isa)_i), i);
    }
}
END_TEST

/* The second of two uses adds to what the first wrote. */
static void check_used_twice(const Case *test, bool bfloat16) {
    Run once, twice;
    run(test, 1, bfloat16, &once);
    run(test, 2, bfloat16, &twice);
    double *expected = malloc((once.n_x + once.n_weight) * sizeof *expected);
    ck_assert_ptr_nonnull(expected);
    for (size_t i = 0; i < once.n_x; i++)
        expected[i] = 2.0 * once.dx[i];
    ck_assert_double_lt(probe_distance(twice.dx, expected, once.n_x), 1e-6);
    for (size_t i = 0; i < once.n_weight; i++)
        expected[i] = 2.0 * once.dweight[i];
    ck_assert_double_lt(probe_distance(twice.dweight, expected, once.n_weight), 1e-6);
    free(expected);
    run_free(&once);
    run_free(&twice);
}

START_TEST(inputs_and_weights_may_be_used_twice) {
    if (!probe_use_isa((Isa)_i))
        return;
    for (int i = 0; i < N_CASES; i++) {
        check_used_twice(&cases[i], false);
        check_used_twice(&cases[i], true);
    }
}
END_TEST

static void check_threads(const Case *test, bool bfloat16) {
    Run one, other;
    omp_set_num_threads(1);
    run(test, 1, bfloat16, &one);
    for (int threads = 2; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        run(test, 1, bfloat16, &other);
        ck_assert_mem_eq(one.y, other.y, one.n_y * sizeof(float));
        ck_assert_mem_eq(one.dx, other.dx, one.n_x * sizeof(float));
        ck_assert_mem_eq(one.dweight, other.dweight, one.n_weight * sizeof(float));
        if (test->bias)
            ck_assert_mem_eq(one.dbias, other.dbias, test->o * sizeof(float));
        run_free(&other);
    }
    run_free(&one);
}

START_TEST(same_bits_for_any_threads) {
    for (int i = 0; i < N_CASES; i++) {
        check_threads(&cases[i], false);
        check_threads(&cases[i], true);
    }
}
END_TEST

typedef struct PreparedCase {
    int prepared_for; /* height and width */
    int n, h, w, c, o, kernel;
} PreparedCase;

/* Result of the prepared way, or of the plain operators. */
static float *infer(const PreparedCase *test, bool prepare, bool max_pool, const float *data,
                    const float *filter, const float *shift, size_t *count) {
    Conv2d settings = {.padding = test->kernel / 2, .relu = true};
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(1));
    Tensor *x = tape_input(tape, "x", shape(test->n, test->h, test->w, test->c), data), *y;
    Tensor *weight =
        tape_input(tape, "weight", shape(test->o, test->c, test->kernel, test->kernel), filter);
    Tensor *bias = tape_input(tape, "bias", shape(test->o), shift);
    Shape s =
        conv2d_prepared_shape(weight->shape, settings, test->prepared_for, test->prepared_for);
    float *memory = malloc(shape_count(s) * sizeof *memory + 1);
    if (prepare) {
        Tensor *prepared = tape_input(tape, "prepared", s, memory);
        conv2d_prepare(weight, settings, test->prepared_for, test->prepared_for, prepared);
        y = op_conv2d_prepared(tape, x, weight, bias, prepared, settings, max_pool);
    } else {
        y = op_conv2d(tape, x, weight, bias, settings);
        y = max_pool ? op_max_pool(tape, y, (Pool){.size = 2}) : y;
    }
    ck_assert_ptr_nonnull(y);
    *count = tensor_count(y);
    float *result = copy(y->data, *count);
    tape_destroy(tape);
    free(memory);
    return result;
}

static void check_prepared(const PreparedCase *test, bool max_pool) {
    size_t count, same;
    float *data = probe_random(1, (size_t)test->n * test->h * test->w * test->c);
    float *filter = probe_random(2, (size_t)test->o * test->c * test->kernel * test->kernel);
    float *shift = probe_random(3, test->o);
    float *plain = infer(test, false, max_pool, data, filter, shift, &count);
    float *prepared = infer(test, true, max_pool, data, filter, shift, &same);
    ck_assert_uint_eq(count, same);
    double *expected = malloc(count * sizeof *expected);
    for (size_t i = 0; i < count; i++)
        expected[i] = plain[i];
    ck_assert_double_lt(probe_distance(prepared, expected, count), 1e-5);
    float *all[] = {data, filter, shift, plain, prepared};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free(expected);
}

START_TEST(prepared_weights_give_the_same) {
    static const PreparedCase tests[] = {
        {12, 2, 12, 12, 32, 48, 3}, {6, 1, 6, 6, 40, 33, 3},  /* few outputs: the direct way */
        {6, 9, 6, 6, 20, 64, 3},    {12, 1, 6, 9, 32, 16, 3}, /* another size than prepared for */
        {6, 2, 17, 13, 16, 24, 3},  {48, 2, 10, 7, 1, 8, 3},  /* nothing to prepare */
        {8, 2, 7, 8, 24, 8, 1},     {48, 2, 8, 6, 1, 37, 3},  {48, 1, 5, 4, 1, 16, 3},
    };
    if (!probe_use_isa((Isa)_i))
        return;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        check_prepared(&tests[i], false);
        check_prepared(&tests[i], true);
    }
}
END_TEST

Suite *conv2d_suite(void) {
    Suite *suite = suite_create("conv2d");
    TCase *tests = tcase_create("conv2d");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, agrees_with_fp64, 0, ISA_KINDS);
    tcase_add_loop_test(tests, inputs_and_weights_may_be_used_twice, 0, ISA_KINDS);
    tcase_add_loop_test(tests, prepared_weights_give_the_same, 0, ISA_KINDS);
    tcase_add_test(tests, same_bits_for_any_threads);
    suite_add_tcase(suite, tests);
    return suite;
}
