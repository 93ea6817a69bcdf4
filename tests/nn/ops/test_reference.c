/* Every operator against PyTorch (tests/reference/make_vectors.py), on every instruction set:
 * values within 1e-5, gradients within 1e-4 relative to their norm. */
#include "nn/io/safetensors.h"
#include "nn/ops/operators.h"
#include "tests/support/probe.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INPUTS = 12, MAX_OUTPUTS = 3 };

typedef int (*Build)(Tape *tape, Tensor *const *x, Tensor **y);

#define BUILD(name, expression)                                                                    \
    static int name(Tape *tape, Tensor *const *x, Tensor **y) {                                    \
        y[0] = expression;                                                                         \
        return 1;                                                                                  \
    }

BUILD(linear, op_linear(tape, x[0], x[1], x[2]))
BUILD(linear_sequence, op_linear(tape, x[0], x[1], NULL))
BUILD(matmul, op_matmul(tape, x[0], x[1], false, false))
BUILD(matmul_transposed, op_matmul(tape, x[0], x[1], true, true))
BUILD(conv2d, op_conv2d(tape, x[0], x[1], NULL, (Conv2d){.padding = 1}))
BUILD(conv2d_stride, op_conv2d(tape, x[0], x[1], x[2], (Conv2d){.stride = 2, .padding = 1}))
BUILD(conv2d_groups, op_conv2d(tape, x[0], x[1], x[2], (Conv2d){.padding = 1, .groups = 2}))
BUILD(conv2d_depthwise, op_conv2d(tape, x[0], x[1], NULL, (Conv2d){.padding = 1, .groups = 6}))
BUILD(conv2d_depthwise_stride,
      op_conv2d(tape, x[0], x[1], x[2], (Conv2d){.stride = 2, .padding = 2, .groups = 6}))
BUILD(conv2d_pointwise, op_conv2d(tape, x[0], x[1], NULL, (Conv2d){0}))
BUILD(conv2d_oblong, op_conv2d(tape, x[0], x[1], x[2], (Conv2d){.padding = 2}))
BUILD(conv2d_relu, op_conv2d(tape, x[0], x[1], x[2], (Conv2d){.padding = 1, .relu = true}))
BUILD(layer_norm, op_layer_norm(tape, x[0], x[1], x[2], 1e-5f))
BUILD(relu, op_relu(tape, x[0]))
BUILD(sigmoid, op_sigmoid(tape, x[0]))
BUILD(tanh_, op_tanh(tape, x[0]))
BUILD(add, op_add(tape, x[0], x[1]))
BUILD(sub, op_sub(tape, x[0], x[1]))
BUILD(mul, op_mul(tape, x[0], x[1]))
BUILD(div_, op_div(tape, x[0], x[1]))
BUILD(scale, op_scale(tape, x[0], -1.5f, 0.25f))
BUILD(softmax, op_softmax(tape, x[0]))
BUILD(log_softmax, op_log_softmax(tape, x[0]))
BUILD(max_pool, op_max_pool(tape, x[0], (Pool){.size = 2}))
BUILD(max_pool_overlapping, op_max_pool(tape, x[0], (Pool){.size = 3, .stride = 2, .padding = 1}))
BUILD(average_pool, op_average_pool(tape, x[0], (Pool){.size = 2}))
BUILD(average_pool_overlapping,
      op_average_pool(tape, x[0], (Pool){.size = 3, .stride = 2, .padding = 1}))
BUILD(global_average_pool, op_global_average_pool(tape, x[0]))
BUILD(sum, op_sum(tape, x[0], 5))
BUILD(mean, op_mean(tape, x[0], 6))
BUILD(concat, op_concat(tape, ((Tensor *[]){x[0], x[1], x[0]}), 3, 1))
BUILD(slice, op_slice(tape, x[0], 1, 1, 3))
BUILD(reshape, op_reshape(tape, x[0], shape(4, -1)))
BUILD(transpose, op_transpose(tape, x[0], (const int[]){2, 0, 3, 1}))
BUILD(mse, op_mse(tape, x[0], x[1]))
BUILD(upsample, op_upsample(tape, x[0]))
BUILD(binary_entropy, op_binary_cross_entropy(tape, x[0], x[1]->data, x[2]->data))
BUILD(huber, op_huber(tape, x[0], x[1]->data, x[2]->data, 0.7f))
BUILD(gated_residual, op_gated_residual(tape, x[0], x[1], x[2]))

static const int32_t tokens[] = {3, 0, 3, 1, 5, 3};
BUILD(embedding, op_embedding(tape, tokens, shape(3, 2), x[0]))

static const int32_t labels[] = {2, 0, 4, 1, 3, 3, 0};
static const int32_t labels_ignored[] = {2, -1, 4, 1, -1, 3, 0};
static const float class_weights[] = {0.5f, 1, 2, 0.1f, 3};

#define ENTROPY(...) op_cross_entropy(tape, x[0], (CrossEntropy){__VA_ARGS__})
BUILD(entropy, ENTROPY(.labels = labels))
BUILD(entropy_ignored, ENTROPY(.labels = labels_ignored))
BUILD(entropy_smooth, ENTROPY(.labels = labels, .label_smoothing = 0.1f))
BUILD(entropy_weighted, ENTROPY(.labels = labels_ignored, .class_weights = class_weights))
BUILD(entropy_smooth_weighted,
      ENTROPY(.labels = labels, .class_weights = class_weights, .label_smoothing = 0.2f))
BUILD(entropy_soft, ENTROPY(.targets = x[1]->data))
BUILD(entropy_soft_all,
      ENTROPY(.targets = x[1]->data, .class_weights = class_weights, .label_smoothing = 0.1f))

/* The running statistics count as outputs: they are compared after the step. */
static int batch_norm(Tape *tape, Tensor *const *x, Tensor **y) {
    y[0] = op_batch_norm(tape, x[0], x[1], x[2], x[3], x[4],
                         (BatchNorm){.epsilon = 1e-5f, .momentum = 0.1f});
    y[1] = x[3];
    y[2] = x[4];
    return 3;
}

static int batch_norm_relu(Tape *tape, Tensor *const *x, Tensor **y) {
    y[0] = op_batch_norm(tape, x[0], x[1], x[2], x[3], x[4],
                         (BatchNorm){.epsilon = 1e-5f, .momentum = 0.1f, .relu = true});
    y[1] = x[3];
    y[2] = x[4];
    return 3;
}

/* State `layer` of (2,B,H). */
static Tensor *state(Tape *tape, Tensor *x, int layer) {
    return op_reshape(tape, op_slice(tape, x, 0, layer, 1),
                      shape(x->shape.size[1], x->shape.size[2]));
}

static int lstm(Tape *tape, Tensor *const *x, Tensor **y) {
    LstmOutput first = op_lstm(tape, x[0], state(tape, x[1], 0), state(tape, x[2], 0), x[3], x[4],
                               x[5], x[6], NULL);
    LstmOutput second = op_lstm(tape, first.y, state(tape, x[1], 1), state(tape, x[2], 1), x[7],
                                x[8], x[9], x[10], NULL);
    y[0] = second.y;
    y[1] = second.hidden;
    y[2] = second.cell;
    return 3;
}

static const struct {
    const char *operator, * name;
    Build build;
    bool recorded; /* in TAPE_RECORD, else in TAPE_TRAIN */
} cases[] = {
    {"linear", "linear", linear, false},
    {"linear", "linear_sequence", linear_sequence, false},
    {"matmul", "matmul", matmul, false},
    {"matmul", "matmul_transposed", matmul_transposed, false},
    {"matmul", "matmul_shared", matmul, false},
    {"conv2d", "conv2d", conv2d, false},
    {"conv2d", "conv2d_one_channel", conv2d, false},
    {"conv2d", "conv2d_stride", conv2d_stride, false},
    {"conv2d", "conv2d_groups", conv2d_groups, false},
    {"conv2d", "conv2d_depthwise", conv2d_depthwise, false},
    {"conv2d", "conv2d_depthwise_stride", conv2d_depthwise_stride, false},
    {"conv2d", "conv2d_pointwise", conv2d_pointwise, false},
    {"conv2d", "conv2d_oblong", conv2d_oblong, false},
    {"conv2d", "conv2d_relu", conv2d_relu, false},
    {"batch_norm", "batch_norm", batch_norm, false},
    {"batch_norm", "batch_norm_running", batch_norm, true},
    {"batch_norm", "batch_norm_relu", batch_norm_relu, false},
    {"layer_norm", "layer_norm", layer_norm, false},
    {"relu", "relu", relu, false},
    {"sigmoid", "sigmoid", sigmoid, false},
    {"tanh", "tanh", tanh_, false},
    {"add", "add", add, false},
    {"sub", "sub", sub, false},
    {"mul", "mul", mul, false},
    {"div", "div", div_, false},
    {"scale", "scale", scale, false},
    {"softmax", "softmax", softmax, false},
    {"log_softmax", "log_softmax", log_softmax, false},
    {"max_pool", "max_pool", max_pool, false},
    {"max_pool", "max_pool_overlapping", max_pool_overlapping, false},
    {"average_pool", "average_pool", average_pool, false},
    {"average_pool", "average_pool_overlapping", average_pool_overlapping, false},
    {"global_average_pool", "global_average_pool", global_average_pool, false},
    {"sum", "sum", sum, false},
    {"mean", "mean", mean, false},
    {"concat", "concat", concat, false},
    {"slice", "slice", slice, false},
    {"reshape", "reshape", reshape, false},
    {"transpose", "transpose", transpose, false},
    {"embedding", "embedding", embedding, false},
    {"lstm", "lstm", lstm, false},
    {"cross_entropy", "cross_entropy", entropy, false},
    {"cross_entropy", "cross_entropy_ignored", entropy_ignored, false},
    {"cross_entropy", "cross_entropy_smooth", entropy_smooth, false},
    {"cross_entropy", "cross_entropy_weighted", entropy_weighted, false},
    {"cross_entropy", "cross_entropy_smooth_weighted", entropy_smooth_weighted, false},
    {"cross_entropy", "cross_entropy_soft", entropy_soft, false},
    {"cross_entropy", "cross_entropy_soft_all", entropy_soft_all, false},
    {"mse", "mse", mse, false},
    {"gated_residual", "gated_residual", gated_residual, false},
    {"upsample", "upsample", upsample, false},
    {"binary_cross_entropy", "binary_cross_entropy", binary_entropy, false},
    {"huber", "huber", huber, false},
};
enum { N_CASES = sizeof cases / sizeof *cases };

static const char path[] = "tests/fixtures/reference.safetensors";

/* A copy of the file's tensor NAME.KINDi (free data), or one without data. */
static Tensor read_tensor(const SafetensorsFile *file, const char *name, const char *kind, int i) {
    const char *full = text_format("%s.%s%d", name, kind, i);
    const SafetensorsEntry *entry = safetensors_find(file, full);
    Tensor tensor = {.name = name};
    if (entry) {
        tensor.shape = entry->shape;
        tensor.data = malloc(entry->n_bytes + 1);
        memcpy(tensor.data, entry->bytes, entry->n_bytes);
    }
    return tensor;
}

static void compare_values(const SafetensorsFile *file, const char *name, int i,
                           const Tensor *got) {
    Tensor expected = read_tensor(file, name, "out", i);
    char shapes[2][SHAPE_TEXT];
    ck_assert_msg(shape_equal(got->shape, expected.shape), "%s: output %d is %s, expected %s", name,
                  i, shape_text(got->shape, shapes[0]), shape_text(expected.shape, shapes[1]));
    float scale = 1;
    for (size_t k = 0; k < tensor_count(got); k++)
        scale = fmaxf(scale, fabsf(expected.data[k]));
    for (size_t k = 0; k < tensor_count(got); k++)
        ck_assert_msg(fabsf(got->data[k] - expected.data[k]) <= 1e-5f * scale,
                      "%s: output %d element %zu: %.8g, PyTorch %.8g", name, i, k, got->data[k],
                      expected.data[k]);
    free(expected.data);
}

static void compare_gradients(const SafetensorsFile *file, const char *name, int i,
                              const Tensor *input) {
    Tensor expected = read_tensor(file, name, "grad", i);
    double *exact = malloc(tensor_count(input) * sizeof *exact + 1);
    for (size_t k = 0; k < tensor_count(input); k++)
        exact[k] = expected.data[k];
    double distance = probe_distance(input->gradient, exact, tensor_count(input));
    ck_assert_msg(distance <= 1e-4, "%s: gradient %d differs by %g of its norm", name, i, distance);
    free(exact);
    free(expected.data);
}

static Tensor *weigh(Tape *tape, const SafetensorsFile *file, const char *name, Tensor **outputs,
                     int n, Tensor *weights) {
    Tensor *loss = NULL;
    for (int k = 0; k < n; k++) {
        weights[k] = read_tensor(file, name, "weight", k);
        if (!outputs[k]->needs_gradient)
            continue;
        Tensor *flat = op_reshape(tape, outputs[k], shape(-1));
        Tensor *part = probe_loss(tape, flat, weights[k].data);
        loss = loss ? op_add(tape, loss, part) : part;
    }
    return loss;
}

static void check_case(const SafetensorsFile *file, int i) {
    const char *name = cases[i].name;
    Tensor inputs[MAX_INPUTS], *pointers[MAX_INPUTS] = {0};
    int n_inputs = 0;
    for (; n_inputs < MAX_INPUTS; n_inputs++) {
        Tensor *x = &inputs[n_inputs];
        *x = read_tensor(file, name, "in", n_inputs);
        if (!x->data)
            break;
        x->needs_gradient =
            safetensors_find(file, text_format("%s.grad%d", name, n_inputs)) != NULL;
        x->gradient = calloc(tensor_count(x) + 1, sizeof(float));
        pointers[n_inputs] = x;
    }
    ck_assert_msg(n_inputs > 0, "%s is not in %s", name, path);
    Tape *tape = tape_create();
    Tensor *outputs[MAX_OUTPUTS], weights[MAX_OUTPUTS];
    Error error;
    tape_begin(tape, cases[i].recorded ? TAPE_RECORD : TAPE_TRAIN, rng_seed(1));
    int n = cases[i].build(tape, pointers, outputs);
    ck_assert_msg(!tape_check(tape, &error), "%s: %s", name, error.message);
    for (int k = 0; k < n; k++)
        compare_values(file, name, k, outputs[k]);
    Tensor *loss = weigh(tape, file, name, outputs, n, weights);
    ck_assert_msg(!tape_backward(tape, loss, &error), "%s: %s", name, error.message);
    for (int k = 0; k < n_inputs; k++)
        if (inputs[k].needs_gradient)
            compare_gradients(file, name, k, &inputs[k]);
    for (int k = 0; k < n_inputs; k++) {
        free(inputs[k].data);
        free(inputs[k].gradient);
    }
    for (int k = 0; k < n; k++)
        free(weights[k].data);
    tape_destroy(tape);
}

START_TEST(values_and_gradients_are_those_of_pytorch) {
    if (!probe_use_isa(_i / N_CASES))
        return;
    Error error;
    SafetensorsFile *file = safetensors_open(path, &error);
    ck_assert_msg(file != NULL, "%s (run from the root of the repository)", error.message);
    check_case(file, _i % N_CASES);
    safetensors_close(file);
}
END_TEST

START_TEST(every_operator_without_chance_has_a_reference) {
    for (const Operator *const *row = operators; *row; row++) {
        bool found = !strcmp((*row)->name, "dropout"); /* PyTorch draws other masks */
        for (int i = 0; i < N_CASES; i++)
            found |= !strcmp(cases[i].operator,(*row)->name);
        ck_assert_msg(found, "operator %s has no reference case", (*row)->name);
    }
}
END_TEST

Suite *reference_suite(void) {
    Suite *suite = suite_create("reference");
    TCase *tests = tcase_create("PyTorch");
    tcase_add_loop_test(tests, values_and_gradients_are_those_of_pytorch, 0, ISA_KINDS * N_CASES);
    tcase_add_test(tests, every_operator_without_chance_has_a_reference);
    suite_add_tcase(suite, tests);
    return suite;
}
