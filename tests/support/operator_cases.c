#include "tests/support/operator_cases.h"

#include <stdlib.h>
#include <string.h>

/* ---- data ---- */

int case_inputs(const OperatorCase *c) {
    int n = 0;
    while (n < CASE_MAX_INPUTS && c->input[n].values)
        n++;
    return n;
}

static void fill(const OperatorCase *c, CaseInput input, Rng rng, float *data, uint32_t count) {
    uint32_t *order = input.values == VALUES_DISTINCT ? malloc(count * sizeof *order + 1) : NULL;
    if (order)
        rng_permutation(rng, order, count);
    for (uint32_t i = 0; i < count; i++)
        switch (input.values) {
        case VALUES_NONE:
            break;
        case VALUES_NORMAL:
        case VALUES_CONSTANT:
            data[i] = rng_normal(rng, i) * (c->scale > 0 ? c->scale : 1);
            break;
        case VALUES_POSITIVE:
        case VALUES_VARIANCE:
            data[i] = rng_between(rng, i, 0.5f, 2);
            break;
        case VALUES_DISTINCT:
            data[i] = 0.25f * ((float)order[i] - (float)count / 2);
            break;
        }
    free(order);
}

void case_create(const OperatorCase *c, CaseData *data) {
    for (int i = 0; i < case_inputs(c); i++) {
        size_t count = (size_t)shape_count(c->input[i].shape);
        Tensor *tensor = &data->tensor[i];
        *tensor = (Tensor){.name = "case", .shape = c->input[i].shape};
        tensor->data = malloc(count * sizeof(float) + 1);
        tensor->gradient = calloc(count + 1, sizeof(float));
        tensor->needs_gradient =
            c->input[i].values != VALUES_CONSTANT && c->input[i].values != VALUES_VARIANCE;
        fill(c, c->input[i], rng_split(rng_seed(7), (uint64_t)i), tensor->data, (uint32_t)count);
    }
}

void case_destroy(const OperatorCase *c, CaseData *data) {
    for (int i = 0; i < case_inputs(c); i++) {
        free(data->tensor[i].data);
        free(data->tensor[i].gradient);
    }
}

int case_build(const OperatorCase *c, CaseData *data, Tape *tape, Tensor **outputs) {
    Tensor *inputs[CASE_MAX_INPUTS] = {0};
    for (int i = 0; i < case_inputs(c); i++)
        inputs[i] = &data->tensor[i];
    tape_begin(tape, c->train ? TAPE_TRAIN : TAPE_RECORD, rng_seed(11));
    return c->build(tape, inputs, outputs);
}

/* ---- the functional ---- */

static float weight(int output, size_t i) {
    return rng_between(rng_split(rng_seed(13), (uint64_t)output), i, -1, 1);
}

double functional_value(Tensor *const *outputs, int n_outputs) {
    double sum = 0;
    for (int k = 0; k < n_outputs; k++)
        for (size_t i = 0; i < tensor_count(outputs[k]); i++)
            sum += (double)weight(k, i) * outputs[k]->data[i];
    return sum;
}

static int functional_infer(Node *node, Error *error) {
    (void)error;
    node->output[0]->shape = shape_scalar();
    return 0;
}

static int functional_forward(Tape *tape, Node *node) {
    (void)tape;
    node->output[0]->data[0] = (float)functional_value(node->input, node->n_inputs);
    return 0;
}

static int functional_backward(Tape *tape, Node *node) {
    for (int k = 0; k < node->n_inputs; k++) {
        float *gradient = tape_gradient_to_add(tape, node->input[k]);
        for (size_t i = 0; gradient && i < tensor_count(node->input[k]); i++)
            gradient[i] += weight(k, i) * node->output[0]->gradient[0];
    }
    return 0;
}

Tensor *functional(Tape *tape, Tensor *const *outputs, int n_outputs) {
    static const Operator operator= {"functional", functional_infer, functional_forward,
                                     functional_backward};
    return tape_apply1(tape, &operator, n_outputs, outputs, NULL, 0);
}

/* ---- the cases ---- */

#define BUILD(name, expression)                                                                    \
    static int name(Tape *tape, Tensor *const *x, Tensor **y) {                                    \
        y[0] = expression;                                                                         \
        return 1;                                                                                  \
    }

BUILD(linear, op_linear(tape, x[0], x[1], x[2]))
BUILD(linear_without_bias, op_linear(tape, x[0], x[1], NULL))
BUILD(linear_twice, op_linear(tape, op_linear(tape, x[0], x[1], NULL), x[1], NULL))
BUILD(matmul, op_matmul(tape, x[0], x[1], false, false))
BUILD(matmul_a, op_matmul(tape, x[0], x[1], true, false))
BUILD(matmul_b, op_matmul(tape, x[0], x[1], false, true))
BUILD(matmul_both, op_matmul(tape, x[0], x[1], true, true))
BUILD(matmul_square, op_matmul(tape, x[0], x[0], false, true))
BUILD(relu, op_relu(tape, x[0]))
BUILD(sigmoid, op_sigmoid(tape, x[0]))
BUILD(tanh_, op_tanh(tape, x[0]))
BUILD(relu_twice, op_add(tape, op_relu(tape, x[0]), op_relu(tape, x[0])))
BUILD(sigmoid_twice, op_mul(tape, op_sigmoid(tape, x[0]), op_sigmoid(tape, x[0])))
BUILD(tanh_twice, op_mul(tape, op_tanh(tape, x[0]), op_tanh(tape, x[0])))
BUILD(add, op_add(tape, x[0], x[1]))
BUILD(sub, op_sub(tape, x[0], x[1]))
BUILD(mul, op_mul(tape, x[0], x[1]))
BUILD(div_, op_div(tape, x[0], x[1]))
BUILD(add_self, op_add(tape, x[0], x[0]))
BUILD(sub_self, op_sub(tape, op_scale(tape, x[0], 3, 0), x[0]))
BUILD(mul_self, op_mul(tape, x[0], x[0]))
BUILD(div_self, op_div(tape, op_scale(tape, x[0], 1, 2), x[0]))
BUILD(scale, op_scale(tape, x[0], -1.5f, 0.25f))
BUILD(scale_twice, op_add(tape, op_scale(tape, x[0], 2, 1), op_scale(tape, x[0], 3, 0)))
BUILD(dropout, op_dropout(tape, x[0], 0.4f, 0))
BUILD(dropout_shared, op_dropout(tape, x[0], 0.5f, 1))
BUILD(dropout_twice, op_add(tape, op_dropout(tape, x[0], 0.3f, 0), op_dropout(tape, x[0], 0.3f, 0)))
BUILD(sum_all, op_sum(tape, x[0], 7))
BUILD(sum_first, op_sum(tape, x[0], 1))
BUILD(sum_last, op_sum(tape, x[0], 4))
BUILD(sum_outer, op_sum(tape, x[0], 5))
BUILD(sum_none, op_sum(tape, x[0], 0))
BUILD(sum_twice, op_add(tape, op_sum(tape, x[0], 2), op_sum(tape, x[0], 2)))
BUILD(mean_all, op_mean(tape, x[0], 7))
BUILD(mean_middle, op_mean(tape, x[0], 2))
BUILD(mean_two, op_mean(tape, x[0], 6))
BUILD(mean_twice, op_add(tape, op_mean(tape, x[0], 1), op_mean(tape, x[0], 1)))
BUILD(reshape, op_reshape(tape, x[0], shape(5, -1)))
BUILD(reshape_scalar, op_reshape(tape, x[0], shape_scalar()))
BUILD(reshape_twice,
      op_mul(tape, op_reshape(tape, x[0], shape(-1)), op_reshape(tape, x[0], shape(30))))
BUILD(transpose, op_transpose(tape, x[0], (const int[]){1, 0}))
BUILD(transpose_picture, op_transpose(tape, x[0], (const int[]){0, 3, 1, 2}))
BUILD(transpose_turn, op_transpose(tape, x[0], (const int[]){2, 0, 1}))
BUILD(transpose_twice,
      op_matmul(tape, op_transpose(tape, x[0], (const int[]){1, 0}), x[0], false, false))

static const int32_t labels[] = {2, 0, 4, 1, 3, 3, 0};
static const int32_t labels_ignored[] = {2, CROSS_ENTROPY_IGNORE, 4, 1, CROSS_ENTROPY_IGNORE, 3, 0};
static const float class_weights[] = {0.5f, 1, 2, 0.1f, 3};
static const float soft_targets[7 * 5] = {0.2f, 0.2f, 0.2f, 0.2f,  0.2f,  1,     0,     0,    0,
                                          0,    0,    0.5f, 0.5f,  0,     0,     0.1f,  0.2f, 0.3f,
                                          0.4f, 0,    0,    0,     0,     0,     1,     0.7f, 0,
                                          0.3f, 0,    0,    0.25f, 0.25f, 0.25f, 0.25f, 0};

BUILD(entropy, op_cross_entropy(tape, x[0], (CrossEntropy){.labels = labels}))
BUILD(entropy_ignored, op_cross_entropy(tape, x[0], (CrossEntropy){.labels = labels_ignored}))
BUILD(entropy_smooth,
      op_cross_entropy(tape, x[0],
                       (CrossEntropy){.labels = labels_ignored, .label_smoothing = 0.1f}))
BUILD(entropy_weighted, op_cross_entropy(tape, x[0],
                                         (CrossEntropy){.labels = labels_ignored,
                                                        .class_weights = class_weights,
                                                        .label_smoothing = 0.2f}))
BUILD(entropy_soft, op_cross_entropy(tape, x[0], (CrossEntropy){.targets = soft_targets}))
BUILD(entropy_soft_weighted, op_cross_entropy(tape, x[0],
                                              (CrossEntropy){.targets = soft_targets,
                                                             .class_weights = class_weights,
                                                             .label_smoothing = 0.1f}))
BUILD(entropy_twice, op_mul(tape, op_cross_entropy(tape, x[0], (CrossEntropy){.labels = labels}),
                            op_cross_entropy(tape, x[0], (CrossEntropy){.targets = soft_targets})))

BUILD(conv2d, op_conv2d(tape, x[0], x[1], NULL, (Conv2d){.padding = 1}))
BUILD(conv2d_bias, op_conv2d(tape, x[0], x[1], x[2], (Conv2d){.padding = 1}))
BUILD(conv2d_stride, op_conv2d(tape, x[0], x[1], x[2], (Conv2d){.stride = 2}))
BUILD(conv2d_groups, op_conv2d(tape, x[0], x[1], NULL, (Conv2d){.padding = 1, .groups = 2}))
BUILD(conv2d_depthwise, op_conv2d(tape, x[0], x[1], NULL, (Conv2d){.padding = 1, .groups = 3}))
BUILD(conv2d_of_one, op_add(tape, op_conv2d(tape, x[0], x[1], NULL, (Conv2d){.padding = 1}),
                            op_conv2d(tape, x[0], x[2], NULL, (Conv2d){.padding = 1})))
BUILD(conv2d_twice, op_conv2d(tape, op_conv2d(tape, x[0], x[1], NULL, (Conv2d){.padding = 1}), x[1],
                              NULL, (Conv2d){.padding = 1}))

#define NORM_SETTINGS(...)                                                                         \
    (BatchNorm) {                                                                                  \
        .epsilon = 1e-3f, .momentum = 0.1f, __VA_ARGS__                                            \
    }
BUILD(batch_norm, op_batch_norm(tape, x[0], x[1], x[2], x[3], x[4], NORM_SETTINGS(.relu = false)))
BUILD(batch_norm_relu,
      op_batch_norm(tape, x[0], x[1], x[2], x[3], x[4], NORM_SETTINGS(.relu = true)))
BUILD(batch_norm_pool,
      op_batch_norm(tape, x[0], x[1], x[2], x[3], x[4], NORM_SETTINGS(.max_pool = true)))
BUILD(batch_norm_relu_pool, op_batch_norm(tape, x[0], x[1], x[2], x[3], x[4],
                                          NORM_SETTINGS(.relu = true, .max_pool = true)))
BUILD(gated_residual, op_gated_residual(tape, x[0], x[1], x[2]))
BUILD(gated_residual_twice,
      op_gated_residual(tape, op_gated_residual(tape, x[0], x[1], x[2]), x[1], x[2]))
BUILD(gated_residual_of_one,
      op_gated_residual(tape, x[0], op_global_average_pool(tape, x[0]), x[0]))
BUILD(max_pool, op_max_pool(tape, x[0], (Pool){.size = 2}))
BUILD(max_pool_overlapping, op_max_pool(tape, x[0], (Pool){.size = 3, .stride = 2, .padding = 1}))
BUILD(average_pool, op_average_pool(tape, x[0], (Pool){.size = 2}))
BUILD(average_pool_overlapping,
      op_average_pool(tape, x[0], (Pool){.size = 3, .stride = 1, .padding = 1}))
BUILD(pools_added, op_add(tape, op_max_pool(tape, x[0], (Pool){.size = 2}),
                          op_average_pool(tape, x[0], (Pool){.size = 2})))
BUILD(global_average_pool, op_global_average_pool(tape, x[0]))
BUILD(global_average_pool_twice,
      op_mul(tape, op_global_average_pool(tape, x[0]), op_global_average_pool(tape, x[0])))

BUILD(concat, op_concat(tape, x, 3, 1))
BUILD(concat_first, op_concat(tape, x, 2, 0))
BUILD(concat_last, op_concat(tape, x, 2, 2))
BUILD(concat_twice, op_concat(tape, ((Tensor *[]){x[0], x[1], x[0]}), 3, 0))
BUILD(slice_rows, op_slice(tape, x[0], 0, 1, 2))
BUILD(slice_columns, op_slice(tape, x[0], 1, 2, 3))
BUILD(slice_middle, op_slice(tape, x[0], 1, 0, 1))
BUILD(slice_twice, op_add(tape, op_slice(tape, x[0], 0, 0, 3), op_slice(tape, x[0], 0, 2, 3)))
BUILD(softmax, op_softmax(tape, x[0]))
BUILD(softmax_twice, op_mul(tape, op_softmax(tape, x[0]), op_softmax(tape, x[0])))
BUILD(log_softmax, op_log_softmax(tape, x[0]))
BUILD(log_softmax_twice, op_mul(tape, op_log_softmax(tape, x[0]), op_log_softmax(tape, x[0])))
BUILD(layer_norm, op_layer_norm(tape, x[0], x[1], x[2], 1e-5f))
BUILD(layer_norm_twice,
      op_layer_norm(tape, op_layer_norm(tape, x[0], x[1], x[2], 1e-5f), x[1], x[2], 1e-2f))
BUILD(mse, op_mse(tape, x[0], x[1]))
BUILD(upsample, op_upsample(tape, x[0]))
BUILD(upsample_twice, op_add(tape, op_upsample(tape, x[0]), op_upsample(tape, x[0])))
static const float loss_targets[] = {0, 1, 0.25f, 1, 0, 0.5f};
static const float loss_weights[] = {1, 2, 0.5f, 0, 3, 1};
BUILD(binary_cross_entropy, op_binary_cross_entropy(tape, x[0], loss_targets, loss_weights))
BUILD(binary_cross_entropy_twice,
      op_add(tape, op_binary_cross_entropy(tape, x[0], loss_targets, loss_weights),
             op_binary_cross_entropy(tape, x[0], loss_weights + 2, loss_targets)))
BUILD(huber, op_huber(tape, x[0], loss_targets, loss_weights, 0.37f))
BUILD(huber_twice, op_add(tape, op_huber(tape, x[0], loss_targets, loss_weights, 10),
                          op_huber(tape, x[0], loss_targets, loss_weights, 0.37f)))
BUILD(mse_self, op_mse(tape, x[0], op_scale(tape, x[0], 0.5f, 1)))

static const int32_t tokens[] = {3, 0, 3, 1, 4, 3, 0, 1};
BUILD(embedding, op_embedding(tape, tokens, shape(4, 2), x[0]))
BUILD(embedding_row, op_embedding(tape, tokens, shape(1), x[0]))
BUILD(embedding_twice, op_mul(tape, op_embedding(tape, tokens, shape(8), x[0]),
                              op_embedding(tape, tokens, shape(8), x[0])))

static int embedding_many(Tape *tape, Tensor *const *x, Tensor **y) {
    int32_t many[3000];
    for (int i = 0; i < 3000; i++)
        many[i] = i * i % 40;
    y[0] = op_embedding(tape, many, shape(30, 100), x[0]);
    return 1;
}

static int lstm_outputs(LstmOutput output, Tensor **y) {
    y[0] = output.y;
    y[1] = output.hidden;
    y[2] = output.cell;
    return 3;
}

/* x, weights and biases; then the initial state. */
static int lstm(Tape *tape, Tensor *const *x, Tensor **y) {
    return lstm_outputs(op_lstm(tape, x[0], NULL, NULL, x[1], x[2], x[3], x[4], NULL), y);
}

static int lstm_from_state(Tape *tape, Tensor *const *x, Tensor **y) {
    return lstm_outputs(op_lstm(tape, x[0], x[5], x[6], x[1], x[2], x[3], x[4], NULL), y);
}

static int lstm_from_hidden(Tape *tape, Tensor *const *x, Tensor **y) {
    return lstm_outputs(op_lstm(tape, x[0], x[5], NULL, x[1], x[2], x[3], x[4], NULL), y);
}

static int lstm_reset(Tape *tape, Tensor *const *x, Tensor **y) {
    static const uint8_t reset[] = {1, 0, 0, 0, 1, 0, 0, 1}; /* (4,2) */
    return lstm_outputs(op_lstm(tape, x[0], x[5], x[6], x[1], x[2], x[3], x[4], reset), y);
}

static int lstm_only_y(Tape *tape, Tensor *const *x, Tensor **y) {
    y[0] = op_lstm(tape, x[0], NULL, NULL, x[1], x[2], x[3], x[4], NULL).y;
    return 1;
}

/* Two layers with the same weights, and the state carried into a second chunk. */
static int lstm_twice(Tape *tape, Tensor *const *x, Tensor **y) {
    LstmOutput first = op_lstm(tape, x[0], NULL, NULL, x[1], x[2], x[3], x[4], NULL);
    return lstm_outputs(
        op_lstm(tape, first.y, first.hidden, first.cell, x[1], x[2], x[3], x[4], NULL), y);
}

#define DIMS(...)                                                                                  \
    {                                                                                              \
        sizeof((int[]){__VA_ARGS__}) / sizeof(int), {                                              \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define N(...)                                                                                     \
    { DIMS(__VA_ARGS__), VALUES_NORMAL }
#define P(...)                                                                                     \
    { DIMS(__VA_ARGS__), VALUES_POSITIVE }
#define D(...)                                                                                     \
    { DIMS(__VA_ARGS__), VALUES_DISTINCT }
#define SCALAR                                                                                     \
    { {0, {0}}, VALUES_NORMAL }
#define IN(...) .input = {__VA_ARGS__}
#define CASE(name, purpose, function, ...)                                                         \
    { .operator= name, .what = purpose, .build = function, __VA_ARGS__ }

const OperatorCase operator_cases[] = {
    CASE("linear", "a plain layer", linear, IN(N(4, 3), N(5, 3), N(5))),
    CASE("linear", "one row, one feature", linear, IN(N(1, 1), N(1, 1), N(1))),
    CASE("linear", "a sequence, no bias", linear_without_bias, IN(N(2, 3, 7), N(6, 7))),
    CASE("linear", "a vector", linear, IN(N(9), N(2, 9), N(2))),
    CASE("linear", "weights used twice", linear_twice, IN(N(3, 4), N(4, 4)), .scale = 0.7f),
    CASE("linear", "many tiles", linear, IN(N(300, 130), N(257, 130), N(257)), .large = true),
    CASE("matmul", "two matrices", matmul, IN(N(3, 4), N(4, 5))),
    CASE("matmul", "a transposed", matmul_a, IN(N(4, 3), N(4, 5))),
    CASE("matmul", "b transposed", matmul_b, IN(N(3, 4), N(5, 4))),
    CASE("matmul", "both transposed, batched", matmul_both, IN(N(2, 4, 3), N(2, 5, 4))),
    CASE("matmul", "a batch of batches", matmul, IN(N(2, 3, 1, 4), N(2, 3, 4, 3))),
    CASE("matmul", "one b for the batch", matmul, IN(N(3, 2, 4), N(4, 5))),
    CASE("matmul", "one b for a transposed batch", matmul_a, IN(N(3, 4, 2), N(4, 5))),
    CASE("matmul", "one tensor on both sides", matmul_square, IN(N(2, 3, 4))),
    CASE("matmul", "a large batch", matmul, IN(N(9, 70, 33), N(9, 33, 130)), .large = true),
    CASE("matmul", "a large product", matmul_a, IN(N(1000, 90), N(1000, 110)), .large = true),
    CASE("relu", "a vector", relu, IN(D(33))),
    CASE("relu", "a picture", relu, IN(D(1, 3, 3, 5))),
    CASE("relu", "used twice", relu_twice, IN(D(7))),
    CASE("relu", "a large vector", relu, IN(N(100003)), .large = true),
    CASE("sigmoid", "a vector", sigmoid, IN(N(35))),
    CASE("sigmoid", "far out", sigmoid, IN(N(3, 3)), .scale = 5),
    CASE("sigmoid", "used twice", sigmoid_twice, IN(N(2, 9))),
    CASE("sigmoid", "a large vector", sigmoid, IN(N(100003)), .large = true),
    CASE("tanh", "a vector", tanh_, IN(N(35))),
    CASE("tanh", "around 0", tanh_, IN(N(17)), .scale = 0.1f),
    CASE("tanh", "used twice", tanh_twice, IN(N(2, 9))),
    CASE("tanh", "a large vector", tanh_, IN(N(100003)), .large = true),
    CASE("add", "one shape", add, IN(N(3, 5), N(3, 5))),
    CASE("add", "a bias", add, IN(N(2, 3, 5), N(5))),
    CASE("add", "a column and a row", add, IN(N(4, 1), N(1, 3))),
    CASE("add", "a scalar", add, IN(SCALAR, N(7))),
    CASE("add", "used twice", add_self, IN(N(4))),
    CASE("add", "large, stretched", add, IN(N(40, 1, 70), N(30, 1)), .large = true),
    CASE("sub", "one shape", sub, IN(N(3, 5), N(3, 5))),
    CASE("sub", "a stretched first input", sub, IN(N(5), N(2, 3, 5))),
    CASE("sub", "a middle dimension", sub, IN(N(2, 4, 3), N(2, 1, 3))),
    CASE("sub", "used twice", sub_self, IN(N(4))),
    CASE("mul", "one shape", mul, IN(N(3, 5), N(3, 5))),
    CASE("mul", "channels of a picture", mul, IN(N(2, 3, 2, 4), N(2, 1, 1, 4))),
    CASE("mul", "a scalar", mul, IN(N(2, 3), SCALAR)),
    CASE("mul", "a square", mul_self, IN(N(6))),
    CASE("mul", "large, stretched", mul, IN(N(90, 7, 70), N(90, 1, 1)), .large = true),
    CASE("div", "one shape", div_, IN(N(3, 5), P(3, 5))),
    CASE("div", "a stretched divisor", div_, IN(N(2, 3, 5), P(3, 1))),
    CASE("div", "a stretched dividend", div_, IN(N(1), P(4, 3))),
    CASE("div", "used twice", div_self, IN(P(5))),
    CASE("scale", "a matrix", scale, IN(N(3, 4))),
    CASE("scale", "a scalar", scale, IN(SCALAR)),
    CASE("scale", "used twice", scale_twice, IN(N(5))),
    CASE("dropout", "plain", dropout, IN(N(5, 9)), .train = true),
    CASE("dropout", "one mask for all steps", dropout_shared, IN(N(4, 2, 5)), .train = true),
    CASE("dropout", "two masks", dropout_twice, IN(N(21)), .train = true),
    CASE("dropout", "a large mask", dropout, IN(N(200, 301)), .large = true, .train = true),
    CASE("sum", "all", sum_all, IN(N(2, 3, 4))),
    CASE("sum", "the first", sum_first, IN(N(3, 2, 4))),
    CASE("sum", "the last", sum_last, IN(N(2, 3, 7))),
    CASE("sum", "first and last", sum_outer, IN(N(2, 3, 4))),
    CASE("sum", "none", sum_none, IN(N(2, 3))),
    CASE("sum", "used twice", sum_twice, IN(N(2, 3, 1))),
    CASE("sum", "many rows", sum_first, IN(N(500, 3, 77)), .large = true),
    CASE("mean", "all", mean_all, IN(N(2, 3, 4))),
    CASE("mean", "the middle", mean_middle, IN(N(2, 3, 40))),
    CASE("mean", "the last two of four", mean_two, IN(N(2, 3, 4, 2))),
    CASE("mean", "used twice", mean_twice, IN(N(3, 2))),
    CASE("mean", "a large tensor", mean_all, IN(N(100, 31, 33)), .large = true),
    CASE("reshape", "an open size", reshape, IN(N(2, 5, 3))),
    CASE("reshape", "to a scalar", reshape_scalar, IN(N(1, 1))),
    CASE("reshape", "used twice", reshape_twice, IN(N(5, 6))),
    CASE("transpose", "a matrix", transpose, IN(N(3, 5))),
    CASE("transpose", "channels first", transpose_picture, IN(N(2, 3, 2, 4))),
    CASE("transpose", "a turn of three", transpose_turn, IN(N(2, 3, 4))),
    CASE("transpose", "used twice", transpose_twice, IN(N(4, 3))),
    CASE("transpose", "large", transpose_picture, IN(N(9, 12, 13, 17)), .large = true),
    CASE("cross_entropy", "labels", entropy, IN(N(7, 5))),
    CASE("cross_entropy", "a sequence of labels", entropy, IN(N(7, 1, 5))),
    CASE("cross_entropy", "ignored labels", entropy_ignored, IN(N(7, 5))),
    CASE("cross_entropy", "label smoothing", entropy_smooth, IN(N(7, 5))),
    CASE("cross_entropy", "class weights", entropy_weighted, IN(N(7, 5))),
    CASE("cross_entropy", "soft targets", entropy_soft, IN(N(7, 5))),
    CASE("cross_entropy", "soft targets with all else", entropy_soft_weighted, IN(N(7, 5))),
    CASE("cross_entropy", "used twice", entropy_twice, IN(N(7, 5))),
    CASE("conv2d", "3x3", conv2d, IN(N(2, 4, 5, 3), N(2, 3, 3, 3))),
    CASE("conv2d", "one channel", conv2d, IN(N(2, 5, 3, 1), N(4, 1, 3, 3))),
    CASE("conv2d", "1x2 with bias", conv2d_bias, IN(N(1, 3, 4, 2), N(3, 2, 1, 2), N(3))),
    CASE("conv2d", "stride 2", conv2d_stride, IN(N(2, 5, 6, 2), N(3, 2, 3, 3), N(3))),
    CASE("conv2d", "groups", conv2d_groups, IN(N(2, 3, 4, 4), N(6, 2, 3, 3))),
    CASE("conv2d", "depthwise", conv2d_depthwise, IN(N(2, 4, 4, 3), N(3, 1, 3, 3))),
    CASE("conv2d", "weights used twice", conv2d_twice, IN(N(2, 3, 3, 2), N(2, 2, 3, 3)),
         .scale = 0.5f),
    CASE("conv2d", "an input used twice", conv2d_of_one,
         IN(N(2, 5, 6, 17), {DIMS(33, 17, 3, 3), VALUES_CONSTANT},
            {DIMS(33, 17, 3, 3), VALUES_CONSTANT}),
         .scale = 0.3f),
    CASE("conv2d", "as in the networks", conv2d, IN(N(3, 12, 12, 64), N(48, 64, 3, 3)),
         .large = true),
    CASE("batch_norm", "training", batch_norm,
         IN(N(5, 3, 2, 3), N(3), N(3), {DIMS(3), VALUES_CONSTANT}, {DIMS(3), VALUES_VARIANCE}),
         .train = true),
    CASE("batch_norm", "running statistics", batch_norm,
         IN(N(4, 2, 3), N(3), N(3), {DIMS(3), VALUES_CONSTANT}, {DIMS(3), VALUES_VARIANCE})),
    CASE("batch_norm", "with relu", batch_norm_relu,
         IN(D(9, 2), N(2), P(2), {DIMS(2), VALUES_CONSTANT}, {DIMS(2), VALUES_VARIANCE}),
         .train = true),
    CASE("batch_norm", "with max pooling", batch_norm_pool,
         IN(D(2, 4, 6, 2), N(2), N(2), {DIMS(2), VALUES_CONSTANT}, {DIMS(2), VALUES_VARIANCE}),
         .train = true),
    CASE("batch_norm", "with relu and max pooling", batch_norm_relu_pool,
         IN(D(2, 2, 4, 3), N(3), N(3), {DIMS(3), VALUES_CONSTANT}, {DIMS(3), VALUES_VARIANCE}),
         .train = true),
    CASE("batch_norm", "running statistics, relu and max pooling", batch_norm_relu_pool,
         IN(D(2, 2, 4, 3), N(3), N(3), {DIMS(3), VALUES_CONSTANT}, {DIMS(3), VALUES_VARIANCE})),
    CASE("batch_norm", "a large batch with max pooling", batch_norm_relu_pool,
         IN(N(9, 16, 18, 37), N(37), N(37), {DIMS(37), VALUES_CONSTANT},
            {DIMS(37), VALUES_VARIANCE}),
         .large = true, .train = true),
    CASE("batch_norm", "a large batch", batch_norm_relu,
         IN(N(9, 17, 19, 37), N(37), N(37), {DIMS(37), VALUES_CONSTANT},
            {DIMS(37), VALUES_VARIANCE}),
         .large = true, .train = true),
    CASE("max_pool", "2x2", max_pool, IN(D(2, 4, 5, 3))),
    CASE("max_pool", "overlapping", max_pool_overlapping, IN(D(1, 5, 6, 2))),
    CASE("max_pool", "with another pool", pools_added, IN(D(2, 4, 4, 2))),
    CASE("average_pool", "2x2", average_pool, IN(N(2, 4, 5, 3))),
    CASE("average_pool", "overlapping", average_pool_overlapping, IN(N(1, 5, 4, 2))),
    CASE("average_pool", "with another pool", pools_added, IN(D(1, 2, 6, 3))),
    CASE("global_average_pool", "maps", global_average_pool, IN(N(2, 3, 5, 4))),
    CASE("global_average_pool", "1x1 maps", global_average_pool, IN(N(3, 1, 1, 2))),
    CASE("global_average_pool", "used twice", global_average_pool_twice, IN(N(2, 2, 2, 3))),
    CASE("gated_residual", "maps", gated_residual,
         IN(D(2, 3, 2, 5), P(2, 5), {DIMS(2, 3, 2, 5), VALUES_CONSTANT})),
    CASE("gated_residual", "of which only the shortcut has a gradient", gated_residual,
         IN({DIMS(1, 2, 2, 3), VALUES_CONSTANT}, {DIMS(1, 3), VALUES_CONSTANT}, N(1, 2, 2, 3))),
    CASE("gated_residual", "twice in a row", gated_residual_twice,
         IN(N(2, 2, 2, 3), P(2, 3), N(2, 2, 2, 3))),
    CASE("gated_residual", "everything of one tensor", gated_residual_of_one, IN(N(2, 2, 3, 4))),
    CASE("gated_residual", "large", gated_residual,
         IN(N(9, 13, 17, 37), N(9, 37), N(9, 13, 17, 37)), .large = true),
    CASE("concat", "three along the middle", concat, IN(N(2, 3, 2), N(2, 1, 2), N(2, 2, 2))),
    CASE("concat", "vectors", concat_first, IN(N(3), N(4))),
    CASE("concat", "the last dimension", concat_last, IN(N(2, 2, 3), N(2, 2, 1))),
    CASE("concat", "used twice", concat_twice, IN(N(2, 2), N(1, 2))),
    CASE("slice", "rows", slice_rows, IN(N(4, 3))),
    CASE("slice", "columns", slice_columns, IN(N(3, 6, 2))),
    CASE("slice", "one of the middle", slice_middle, IN(N(2, 3, 2))),
    CASE("slice", "used twice, overlapping", slice_twice, IN(N(5, 2))),
    CASE("embedding", "repeated tokens", embedding, IN(N(6, 3))),
    CASE("embedding", "one token", embedding_row, IN(N(5, 1))),
    CASE("embedding", "used twice", embedding_twice, IN(N(5, 4))),
    CASE("embedding", "many tokens", embedding_many, IN(N(40, 67)), .large = true),
    CASE("softmax", "a matrix", softmax, IN(N(4, 5))),
    CASE("softmax", "one class", softmax, IN(N(3, 1))),
    CASE("softmax", "a long row", softmax, IN(N(2, 37))),
    CASE("softmax", "used twice", softmax_twice, IN(N(2, 3))),
    CASE("softmax", "many rows", softmax, IN(N(700, 33)), .large = true),
    CASE("log_softmax", "a matrix", log_softmax, IN(N(4, 5))),
    CASE("log_softmax", "a long row of a sequence", log_softmax, IN(N(2, 1, 37))),
    CASE("log_softmax", "far apart", log_softmax, IN(N(3, 4)), .scale = 10),
    CASE("log_softmax", "used twice", log_softmax_twice, IN(N(2, 3))),
    CASE("log_softmax", "many rows", log_softmax, IN(N(700, 33)), .large = true),
    CASE("layer_norm", "a matrix", layer_norm, IN(N(4, 6), P(6), N(6))),
    CASE("layer_norm", "a sequence", layer_norm, IN(N(2, 3, 5), N(5), N(5))),
    CASE("layer_norm", "a vector", layer_norm, IN(N(17), N(17), N(17))),
    CASE("layer_norm", "used twice", layer_norm_twice, IN(N(3, 7), P(7), N(7))),
    CASE("layer_norm", "many rows", layer_norm, IN(N(500, 65), N(65), N(65)), .large = true),
    CASE("lstm", "a sequence", lstm, IN(N(3, 2, 4), N(20, 4), N(20, 5), N(20), N(20)),
         .scale = 0.5f),
    CASE("lstm", "one step, one row, one unit", lstm, IN(N(1, 1, 1), N(4, 1), N(4, 1), N(4), N(4))),
    CASE("lstm", "a carried state", lstm_from_state,
         IN(N(2, 3, 2), N(12, 2), N(12, 3), N(12), N(12), N(3, 3), N(3, 3)), .scale = 0.7f),
    CASE("lstm", "a carried hidden state only", lstm_from_hidden,
         IN(N(2, 1, 2), N(12, 2), N(12, 3), N(12), N(12), N(1, 3)), .scale = 0.7f),
    CASE("lstm", "sequences that start anew", lstm_reset,
         IN(N(4, 2, 3), N(20, 3), N(20, 5), N(20), N(20), N(2, 5), N(2, 5))),
    CASE("lstm", "outputs but no last state", lstm_only_y,
         IN(N(3, 2, 2), N(12, 2), N(12, 3), N(12), N(12)), .scale = 0.7f),
    CASE("lstm", "more units than a vector has lanes", lstm,
         IN(N(2, 2, 3), N(68, 3), N(68, 17), N(68), N(68)), .scale = 0.3f),
    CASE("lstm", "more rows than a block of registers", lstm_from_state,
         IN(N(2, 19, 2), N(12, 2), N(12, 3), N(12), N(12), N(19, 3), N(19, 3)), .scale = 0.7f),
    CASE("lstm", "used twice", lstm_twice, IN(N(2, 2, 3), N(12, 3), N(12, 3), N(12), N(12)),
         .scale = 0.6f),
    CASE("lstm", "a large layer", lstm_from_state,
         IN(N(9, 21, 33), N(404, 33), N(404, 101), N(404), N(404), N(21, 101), N(21, 101)),
         .scale = 0.2f, .large = true),
    CASE("mse", "two matrices", mse, IN(N(3, 4), N(3, 4))),
    CASE("mse", "scalars", mse, IN(SCALAR, SCALAR)),
    CASE("mse", "used twice", mse_self, IN(N(7))),
    CASE("upsample", "maps", upsample, IN(N(2, 3, 2, 3))),
    CASE("upsample", "used twice", upsample_twice, IN(N(1, 2, 3, 2))),
    CASE("upsample", "of one place", upsample, IN(N(3, 1, 1, 2))),
    CASE("upsample", "large", upsample, IN(N(3, 17, 13, 37)), .large = true),
    CASE("binary_cross_entropy", "logits", binary_cross_entropy, IN(N(2, 3))),
    CASE("binary_cross_entropy", "large logits", binary_cross_entropy, IN(N(6)), .scale = 20),
    CASE("binary_cross_entropy", "used twice", binary_cross_entropy_twice, IN(N(4))),
    CASE("huber", "both sides of the bend", huber, IN(D(2, 3))),
    CASE("huber", "a row", huber, IN(D(6))),
    CASE("huber", "used twice", huber_twice, IN(D(6))),
};
const int n_operator_cases = sizeof operator_cases / sizeof *operator_cases;
