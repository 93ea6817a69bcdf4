/* Training with fast convolution against training with the plain one.
 *
 * The fast ways take 3×3 kernels only; a 5×5 kernel whose rim is kept at zero is the same layer and
 * goes the general way. Two networks with the same weights, one with each, see the same batches. */
#include "nn/core/optimizer.h"
#include "nn/models/layers.h"
#include "tests/support/probe.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LAYERS = 3, SIDE = 24, BATCH = 16, BATCHES = 4, CLASSES = 5, STEPS = 40 };

typedef struct Network {
    Parameters *parameters;
    Optimizer *optimizer;
    ConvNorm conv[LAYERS];
    Linear logits;
    int kernel;
} Network;

static Network network_create(int kernel) {
    static const int channels[LAYERS + 1] = {1, 16, 32, 33};
    Network network = {.parameters = parameters_create(), .kernel = kernel};
    for (int i = 0; i < LAYERS; i++) {
        char conv[16], norm[16];
        snprintf(conv, sizeof conv, "conv%d", i);
        snprintf(norm, sizeof norm, "norm%d", i);
        network.conv[i] = conv_norm_create(network.parameters, conv, norm, channels[i],
                                           channels[i + 1], kernel, true, rng_seed(1));
    }
    network.logits =
        linear_create(network.parameters, "logits", channels[LAYERS], CLASSES, rng_seed(1));
    Error error;
    ck_assert(!parameters_enable_gradients(network.parameters, &error));
    network.optimizer = optimizer_create(
        network.parameters,
        (OptimizerSettings){.kind = OPTIMIZER_SGD, .momentum = 0.9f, .weight_decay = 1e-4f},
        &error);
    ck_assert_ptr_nonnull(network.optimizer);
    return network;
}

static void network_destroy(Network *network) {
    optimizer_destroy(network->optimizer);
    parameters_destroy(network->parameters);
}

/* Copies 3×3 kernels into the middle of 5×5 ones. */
static void widen(const Network *from, const Network *to) {
    for (int i = 0; i < LAYERS; i++) {
        const Tensor *small = from->conv[i].weight, *large = to->conv[i].weight;
        for (size_t kernel = 0; kernel < tensor_count(small) / 9; kernel++)
            for (int tap = 0; tap < 9; tap++)
                large->data[kernel * 25 + (size_t)((tap / 3 + 1) * 5 + tap % 3 + 1)] =
                    small->data[kernel * 9 + (size_t)tap];
    }
}

static void clear_rims(const Network *network) {
    for (int i = 0; i < LAYERS && network->kernel == 5; i++) {
        const Tensor *weight = network->conv[i].weight;
        for (size_t k = 0; k < tensor_count(weight); k++) {
            size_t row = k % 25 / 5, column = k % 5;
            if (row % 4 == 0 || column % 4 == 0)
                weight->data[k] = 0;
        }
    }
}

static float train_step(Network *network, Tape *tape, const float *pictures,
                        const int32_t *labels) {
    tape_begin(tape, TAPE_TRAIN, rng_seed(2));
    Tensor *x = tape_input(tape, "pictures", shape(BATCH, SIDE, SIDE, 1), pictures);
    x = conv_norm_forward(&network->conv[0], tape, x);
    x = conv_norm_pool_forward(&network->conv[1], tape, x);
    x = conv_norm_forward(&network->conv[2], tape, x);
    Tensor *logits = linear_forward(&network->logits, tape, op_global_average_pool(tape, x));
    Tensor *loss = op_cross_entropy(tape, logits, (CrossEntropy){.labels = labels});
    Error error;
    ck_assert_msg(!tape_backward(tape, loss, &error), "%s", error.message);
    optimizer_step(network->optimizer, 0.05f);
    clear_rims(network);
    return loss->data[0];
}

/* Noise on which each class puts a wave of its own. */
static float *pictures_create(int32_t *labels) {
    float *pictures = probe_random(7, (size_t)BATCHES * BATCH * SIDE * SIDE);
    for (int i = 0; i < BATCHES * BATCH; i++) {
        labels[i] = i % CLASSES;
        for (int p = 0; p < SIDE * SIDE; p++)
            pictures[i * SIDE * SIDE + p] +=
                1.5f * sinf((float)(p % SIDE) * (0.4f + 0.2f * (float)labels[i]));
    }
    return pictures;
}

START_TEST(losses_follow_those_of_plain_convolution) {
    if (!probe_use_isa((Isa)_i))
        return;
    int32_t labels[BATCHES * BATCH];
    float *pictures = pictures_create(labels);
    Network fast = network_create(3), plain = network_create(5);
    clear_rims(&plain);
    widen(&fast, &plain);
    Tape *tape = tape_create();
    double first = 0, last = 0, apart = 0;
    for (int step = 0; step < STEPS; step++) {
        int batch = step % BATCHES * BATCH;
        const float *x = pictures + (size_t)batch * SIDE * SIDE;
        double loss = train_step(&fast, tape, x, labels + batch);
        double expected = train_step(&plain, tape, x, labels + batch);
        apart = fmax(apart, fabs(loss - expected));
        first = step == 0 ? loss : first;
        last = loss;
    }
    ck_assert_double_lt(last, first / 3);
    ck_assert_double_lt(apart, 2e-4); /* found: 4e-5 */
    tape_destroy(tape);
    network_destroy(&fast);
    network_destroy(&plain);
    free(pictures);
}
END_TEST

Suite *training_curve_suite(void) {
    Suite *suite = suite_create("training_curve");
    TCase *tests = tcase_create("fast convolution");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, losses_follow_those_of_plain_convolution, 0, ISA_KINDS);
    suite_add_tcase(suite, tests);
    return suite;
}
