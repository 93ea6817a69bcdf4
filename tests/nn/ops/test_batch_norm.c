/* Batch normalisation against its formula in fp64. */
#include "nn/ops/operators.h"
#include "tests/support/probe.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 7 * 13 * 11, CHANNELS = 21 };

static const BatchNorm settings = {.epsilon = 1e-5f, .momentum = 0.1f};

/* The inputs and results of one run. */
typedef struct Run {
    float *x, *weight, *bias, *dy;
    float running_mean[CHANNELS], running_var[CHANNELS];
    float y[ROWS * CHANNELS], dx[ROWS * CHANNELS], dweight[CHANNELS], dbias[CHANNELS];
} Run;

static Run *run(TapeMode mode, bool relu) {
    Run *r = calloc(1, sizeof *r);
    r->x = probe_random(1, ROWS * CHANNELS);
    r->weight = probe_random(2, CHANNELS);
    r->bias = probe_random(3, CHANNELS);
    r->dy = probe_random(4, ROWS * CHANNELS);
    for (int i = 0; i < ROWS * CHANNELS;
         i++) /* far from 0, so that careless sums of squares would show */
        r->x[i] = 0.3f * r->x[i] + 10;
    for (int i = 0; i < CHANNELS; i++) {
        r->running_mean[i] = 9.9f;
        r->running_var[i] = 0.1f;
    }
    BatchNorm with = settings;
    with.relu = relu;
    Tape *tape = tape_create();
    tape_begin(tape, mode, rng_seed(1));
    Tensor *x = tape_variable(tape, "x", shape(7, 13, 11, CHANNELS), r->x);
    Tensor *weight = tape_variable(tape, "weight", shape(CHANNELS), r->weight);
    Tensor *bias = tape_variable(tape, "bias", shape(CHANNELS), r->bias);
    Tensor *mean = tape_input(tape, "running_mean", shape(CHANNELS), r->running_mean);
    Tensor *var = tape_input(tape, "running_var", shape(CHANNELS), r->running_var);
    Tensor *y = op_batch_norm(tape, x, weight, bias, mean, var, with);
    Error error;
    int status = tape_backward(tape, probe_loss(tape, y, r->dy), &error);
    ck_assert_msg(!status, "%s", error.message);
    memcpy(r->y, y->data, sizeof r->y);
    memcpy(r->dx, x->gradient, sizeof r->dx);
    memcpy(r->dweight, weight->gradient, sizeof r->dweight);
    memcpy(r->dbias, bias->gradient, sizeof r->dbias);
    tape_destroy(tape);
    return r;
}

static void run_free(Run *r) {
    free(r->x);
    free(r->weight);
    free(r->bias);
    free(r->dy);
    free(r);
}

typedef struct Reference {
    double y[ROWS * CHANNELS], dx[ROWS * CHANNELS], dweight[CHANNELS], dbias[CHANNELS];
    double mean[CHANNELS], var[CHANNELS];
} Reference;

static void compute_channel(const Run *r, int c, bool training, bool relu, Reference *reference) {
    double mean = 0, var = 0, sum_g = 0, sum_gx = 0;
    for (int i = c; i < ROWS * CHANNELS; i += CHANNELS)
        mean += r->x[i] / (double)ROWS;
    for (int i = c; i < ROWS * CHANNELS; i += CHANNELS)
        var += (r->x[i] - mean) * (r->x[i] - mean) / ROWS;
    reference->mean[c] = 0.9 * 9.9f + 0.1 * mean;
    reference->var[c] = 0.9 * 0.1f + 0.1 * var * ROWS / (ROWS - 1);
    if (!training) {
        mean = 9.9f;
        var = 0.1f;
    }
    double inverse = 1 / sqrt(var + settings.epsilon);
    for (int i = c; i < ROWS * CHANNELS; i += CHANNELS) {
        double normal = (r->x[i] - mean) * inverse, y = normal * r->weight[c] + r->bias[c];
        double g = relu && y <= 0 ? 0 : r->dy[i];
        reference->y[i] = relu && y <= 0 ? 0 : y;
        reference->dx[i] = g;
        sum_g += g;
        sum_gx += g * normal;
    }
    for (int i = c; i < ROWS * CHANNELS; i += CHANNELS) {
        double normal = (r->x[i] - mean) * inverse;
        double correction = training ? (sum_g + normal * sum_gx) / ROWS : 0;
        reference->dx[i] = r->weight[c] * inverse * (reference->dx[i] - correction);
    }
    reference->dweight[c] = sum_gx;
    reference->dbias[c] = sum_g;
}

/* Training without and with ReLU, then with running statistics, on each instruction set. */
START_TEST(agrees_with_fp64) {
    bool training = _i / ISA_KINDS < 2, relu = _i / ISA_KINDS % 2;
    if (!probe_use_isa((Isa)(_i % ISA_KINDS)))
        return;
    Run *r = run(training ? TAPE_TRAIN : TAPE_RECORD, relu);
    Reference *reference = calloc(1, sizeof *reference);
    for (int c = 0; c < CHANNELS; c++)
        compute_channel(r, c, training, relu, reference);
    ck_assert_double_lt(probe_distance(r->y, reference->y, ROWS * CHANNELS), 1e-5);
    ck_assert_double_lt(probe_distance(r->dx, reference->dx, ROWS * CHANNELS), 1e-4);
    ck_assert_double_lt(probe_distance(r->dweight, reference->dweight, CHANNELS), 1e-4);
    ck_assert_double_lt(probe_distance(r->dbias, reference->dbias, CHANNELS), 1e-4);
    if (training) {
        ck_assert_double_lt(probe_distance(r->running_mean, reference->mean, CHANNELS), 1e-6);
        ck_assert_double_lt(probe_distance(r->running_var, reference->var, CHANNELS), 1e-5);
    } else {
        ck_assert_float_eq(r->running_mean[0], 9.9f);
        ck_assert_float_eq(r->running_var[0], 0.1f);
    }
    free(reference);
    run_free(r);
}
END_TEST

START_TEST(same_bits_for_any_threads) {
    omp_set_num_threads(1);
    Run *one = run(TAPE_TRAIN, true);
    for (int threads = 2; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        Run *other = run(TAPE_TRAIN, true);
        ck_assert_mem_eq(one->y, other->y, sizeof one->y);
        ck_assert_mem_eq(one->dx, other->dx, sizeof one->dx);
        ck_assert_mem_eq(one->dweight, other->dweight, sizeof one->dweight);
        ck_assert_mem_eq(one->running_var, other->running_var, sizeof one->running_var);
        run_free(other);
    }
    run_free(one);
}
END_TEST

/* Pooling in the same pass gives what the two operators give one after the other. */
START_TEST(max_pool_equals_separate_operator) {
    enum { SIDE = 6, C = 19, COUNT = 3 * SIDE * SIDE * C };
    if (!probe_use_isa((Isa)_i))
        return;
    float *data = probe_random(1, COUNT), *scale = probe_random(2, C),
          *dy = probe_random(3, COUNT / 4);
    float results[2][COUNT], gradients[2][COUNT], mean[2][C] = {{0}}, var[2][C] = {{0}};
    for (int fused = 0; fused < 2; fused++) {
        Tape *tape = tape_create();
        tape_begin(tape, TAPE_TRAIN, rng_seed(1));
        Tensor *x = tape_variable(tape, "x", shape(3, SIDE, SIDE, C), data);
        Tensor *weight = tape_variable(tape, "weight", shape(C), scale);
        Tensor *running_mean = tape_input(tape, "running_mean", shape(C), mean[fused]);
        Tensor *running_var = tape_input(tape, "running_var", shape(C), var[fused]);
        BatchNorm with = settings;
        with.relu = true;
        with.max_pool = fused;
        Tensor *y = op_batch_norm(tape, x, weight, weight, running_mean, running_var, with);
        y = fused ? y : op_max_pool(tape, y, (Pool){.size = 2});
        ck_assert_int_eq(tape_backward(tape, probe_loss(tape, y, dy), NULL), 0);
        memcpy(results[fused], y->data, COUNT / 4 * sizeof(float));
        memcpy(gradients[fused], x->gradient, sizeof gradients[fused]);
        tape_destroy(tape);
    }
    ck_assert_mem_eq(results[0], results[1], COUNT / 4 * sizeof(float));
    ck_assert_mem_eq(mean[0], mean[1], sizeof mean[0]);
    for (int i = 0; i < COUNT; i++) /* the sums are taken in another order */
        ck_assert_float_eq_tol(gradients[0][i], gradients[1][i], 1e-5f);
    free(data);
    free(scale);
    free(dy);
}
END_TEST

START_TEST(another_look_at_a_batch_leaves_the_running_statistics) {
    Run *first = run(TAPE_TRAIN, true), *again = run(TAPE_TRAIN_AGAIN, true);
    ck_assert_mem_eq(first->y, again->y, sizeof first->y);
    ck_assert_mem_eq(first->dx, again->dx, sizeof first->dx);
    ck_assert_mem_eq(first->dweight, again->dweight, sizeof first->dweight);
    for (int i = 0; i < CHANNELS; i++) {
        ck_assert_float_ne(first->running_mean[i], 9.9f);
        ck_assert_float_eq(again->running_mean[i], 9.9f);
        ck_assert_float_eq(again->running_var[i], 0.1f);
    }
    run_free(first);
    run_free(again);
}
END_TEST

Suite *batch_norm_suite(void) {
    Suite *suite = suite_create("batch_norm");
    TCase *tests = tcase_create("batch_norm");
    tcase_add_loop_test(tests, agrees_with_fp64, 0, 3 * ISA_KINDS);
    tcase_add_loop_test(tests, max_pool_equals_separate_operator, 0, ISA_KINDS);
    tcase_add_test(tests, same_bits_for_any_threads);
    tcase_add_test(tests, another_look_at_a_batch_leaves_the_running_statistics);
    suite_add_tcase(suite, tests);
    return suite;
}
