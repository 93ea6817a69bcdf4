/* Steps without a tape against the operators on one, on every instruction set. Steps keep weights
 * in half precision, so the tests' weights are such numbers. */
#include "nn/base/float16.h"
#include "nn/models/dense_step.h"
#include "nn/models/lstm_step.h"
#include "nn/ops/operators.h"
#include "tests/support/probe.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* A layer small enough for one thread, and one that is shared. */
static const struct {
    int steps, rows, inputs, hidden;
} sizes[] = {{5, 1, 3, 7}, {4, 2, 9, 33}, {6, 1, 40, 260}, {3, 5, 40, 260}};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

typedef struct Layer {
    Tensor weight_ih, weight_hh, bias_ih, bias_hh;
} Layer;

static Tensor random_tensor(uint64_t key, Shape s, float scale) {
    Tensor tensor = {.name = "random", .shape = s};
    tensor.data = probe_random(key, tensor_count(&tensor));
    for (size_t i = 0; i < tensor_count(&tensor); i++)
        tensor.data[i] *= scale;
    return tensor;
}

static Layer layer_create(int inputs, int hidden) {
    float scale = 1 / sqrtf((float)hidden);
    Layer layer = {random_tensor(1, shape(4 * hidden, inputs), scale),
                   random_tensor(2, shape(4 * hidden, hidden), scale),
                   random_tensor(3, shape(4 * hidden), scale),
                   random_tensor(4, shape(4 * hidden), scale)};
    probe_round_to_half(&layer.weight_ih);
    probe_round_to_half(&layer.weight_hh);
    return layer;
}

static void layer_destroy(Layer *layer) {
    free(layer->weight_ih.data);
    free(layer->weight_hh.data);
    free(layer->bias_ih.data);
    free(layer->bias_hh.data);
}

static void assert_near(const float *got, const float *expected, size_t count) {
    for (size_t i = 0; i < count; i++)
        ck_assert_float_eq_tol(got[i], expected[i], 1e-5f);
}

START_TEST(steps_follow_the_operator) {
    if (!probe_use_isa(_i / N_SIZES))
        return;
    int steps = sizes[_i % N_SIZES].steps, rows = sizes[_i % N_SIZES].rows;
    int inputs = sizes[_i % N_SIZES].inputs, hidden = sizes[_i % N_SIZES].hidden;
    Layer weights = layer_create(inputs, hidden);
    Tensor x = random_tensor(5, shape(steps, rows, inputs), 1);
    Tensor h = random_tensor(6, shape(rows, hidden), 1),
           c = random_tensor(7, shape(rows, hidden), 1);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_EVALUATE, rng_seed(1));
    LstmOutput expected = op_lstm(tape, &x, &h, &c, &weights.weight_ih, &weights.weight_hh,
                                  &weights.bias_ih, &weights.bias_hh, NULL);
    ck_assert_ptr_nonnull(expected.y);
    Error error;
    LstmStep *layer = lstm_step_create(&weights.weight_ih, &weights.weight_hh, &weights.bias_ih,
                                       &weights.bias_hh, &error);
    ck_assert_ptr_nonnull(layer);
    float *scratch = malloc(lstm_step_scratch(layer, rows) * sizeof *scratch);
    for (int t = 0; t < steps; t++) {
        lstm_step(layer, rows, x.data + (size_t)(t * rows * inputs), h.data, c.data, scratch);
        assert_near(h.data, expected.y->data + (size_t)(t * rows * hidden),
                    (size_t)(rows * hidden));
    }
    assert_near(c.data, expected.cell->data, (size_t)(rows * hidden));
    lstm_step_destroy(layer);
    free(scratch);
    tape_destroy(tape);
    layer_destroy(&weights);
    free(x.data);
    free(h.data);
    free(c.data);
}
END_TEST

START_TEST(a_dense_step_is_the_linear_operator) {
    if (!probe_use_isa(_i / N_SIZES))
        return;
    int rows = sizes[_i % N_SIZES].rows, inputs = sizes[_i % N_SIZES].hidden;
    int outputs = sizes[_i % N_SIZES].hidden * 2 + 1;
    Tensor weight = random_tensor(1, shape(outputs, inputs), 0.1f);
    Tensor bias = random_tensor(2, shape(outputs), 1), x = random_tensor(3, shape(rows, inputs), 1);
    probe_round_to_half(&weight);
    float *y = malloc((size_t)(rows * outputs) * sizeof *y);
    Tape *tape = tape_create();
    Error error;
    for (int with_bias = 0; with_bias < 2; with_bias++) {
        tape_begin(tape, TAPE_EVALUATE, rng_seed(1));
        Tensor *expected = op_linear(tape, &x, &weight, with_bias ? &bias : NULL);
        DenseStep *layer = dense_step_create(&weight, with_bias ? &bias : NULL, &error);
        dense_step(layer, rows, x.data, y);
        assert_near(y, expected->data, (size_t)(rows * outputs));
        dense_step_destroy(layer);
    }
    tape_destroy(tape);
    free(weight.data);
    free(bias.data);
    free(x.data);
    free(y);
}
END_TEST

START_TEST(every_half_is_taken_exactly) {
    if (!probe_use_isa((Isa)_i))
        return;
    enum { HALVES = UINT16_MAX + 1 };
    static float values[HALVES], y[2 * HALVES];
    for (int i = 0; i < HALVES; i++)
        values[i] = float16_to_float((uint16_t)i);
    Tensor weight = {.name = "halves", .shape = shape(HALVES, 1), .data = values};
    Error error;
    DenseStep *layer = dense_step_create(&weight, NULL, &error);
    ck_assert_msg(layer != NULL, "%s", error.message);
    for (int rows = 1; rows <= 2; rows++) {
        dense_step(layer, rows, (const float[]){1, 1}, y);
        for (int i = 0; i < rows * HALVES; i++) {
            float value = values[i % HALVES];
            ck_assert(y[i] == value || (isnan(y[i]) && isnan(value)));
        }
    }
    dense_step_destroy(layer);
}
END_TEST

START_TEST(bits_do_not_depend_on_the_number_of_threads) {
    enum { INPUTS = 40, HIDDEN = 260 };
    Layer weights = layer_create(INPUTS, HIDDEN);
    Error error;
    LstmStep *layer = lstm_step_create(&weights.weight_ih, &weights.weight_hh, &weights.bias_ih,
                                       &weights.bias_hh, &error);
    Tensor x = random_tensor(5, shape(INPUTS), 1);
    float first[HIDDEN], scratch[INPUTS + 5 * HIDDEN];
    ck_assert_uint_eq(lstm_step_scratch(layer, 1), sizeof scratch / sizeof *scratch);
    for (int threads = 1; threads <= 3; threads++) {
        float h[HIDDEN] = {0}, c[HIDDEN] = {0};
        omp_set_num_threads(threads);
        for (int t = 0; t < 4; t++)
            lstm_step(layer, 1, x.data, h, c, scratch);
        if (threads == 1)
            memcpy(first, h, sizeof h);
        ck_assert_mem_eq(h, first, sizeof h);
    }
    lstm_step_destroy(layer);
    layer_destroy(&weights);
    free(x.data);
}
END_TEST

START_TEST(weights_that_do_not_fit_are_refused) {
    Error error;
    Layer weights = layer_create(3, 5);
    ck_assert_ptr_null(lstm_step_create(&weights.weight_hh, &weights.weight_ih, &weights.bias_ih,
                                        &weights.bias_hh, &error));
    assert_contains(error.message, "(20, 5)");
    ck_assert_ptr_null(lstm_step_create(&weights.weight_ih, &weights.weight_hh, &weights.weight_ih,
                                        &weights.bias_hh, &error));
    ck_assert_ptr_null(dense_step_create(&weights.bias_ih, NULL, &error));
    ck_assert_ptr_null(dense_step_create(&weights.weight_ih, &weights.weight_hh, &error));
    assert_contains(error.message, "(20, 3)");
    layer_destroy(&weights);
    lstm_step_destroy(NULL);
    dense_step_destroy(NULL);
}
END_TEST

Suite *lstm_step_suite(void) {
    Suite *suite = suite_create("lstm_step");
    TCase *tests = tcase_create("steps");
    tcase_add_loop_test(tests, steps_follow_the_operator, 0, ISA_KINDS * N_SIZES);
    tcase_add_loop_test(tests, a_dense_step_is_the_linear_operator, 0, ISA_KINDS * N_SIZES);
    tcase_add_loop_test(tests, every_half_is_taken_exactly, 0, ISA_KINDS);
    tcase_add_test(tests, bits_do_not_depend_on_the_number_of_threads);
    tcase_add_test(tests, weights_that_do_not_fit_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
