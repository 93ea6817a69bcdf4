/* A batch in parts, computed in step, against the same batch as a whole. */
#include "nn/core/joint.h"
#include "nn/core/parameters.h"
#include "nn/ops/operators.h"
#include "tests/support/probe.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXAMPLES = 7, SIDE = 4, INPUTS = 2, CHANNELS = 3, CLASSES = 3, PARTS = 3, PIXELS = 32 };

static const int part_start[PARTS + 1] = {0, 2, 3, 7};
static const int32_t labels[EXAMPLES] = {0, 2, 1, 1, 0, 2, 0};

/* A convolution, batch norm with ReLU and pooling, and a linear layer. */
typedef struct Network {
    Parameters *parameters;
    Tensor *kernel, *gain, *shift, *mean, *var, *weight;
    float *x;
} Network;

static Network net;
static Error error;

static void create(void) {
    Parameters *p = net.parameters = parameters_create();
    net.kernel = parameters_add(p, "", "kernel", shape(CHANNELS, INPUTS, 3, 3), PARAMETER_WEIGHT);
    net.gain = parameters_add(p, "", "gain", shape(CHANNELS), PARAMETER_BIAS);
    net.shift = parameters_add(p, "", "shift", shape(CHANNELS), PARAMETER_BIAS);
    net.mean = parameters_add(p, "", "mean", shape(CHANNELS), PARAMETER_BUFFER);
    net.var = parameters_add(p, "", "var", shape(CHANNELS), PARAMETER_BUFFER);
    net.weight = parameters_add(p, "", "weight", shape(CLASSES, CHANNELS), PARAMETER_WEIGHT);
    ck_assert_int_eq(parameters_enable_gradients(p, &error), 0);
    init_kaiming_normal(net.kernel, rng_seed(1));
    init_uniform(net.gain, 0.5f, 1.5f, rng_seed(2));
    init_uniform(net.shift, -0.2f, 0.2f, rng_seed(3));
    init_kaiming_normal(net.weight, rng_seed(4));
    net.x = probe_random(5, (size_t)EXAMPLES * PIXELS);
    for (int i = 0; i < EXAMPLES * PIXELS; i++)
        net.x[i] += (float)(i / PIXELS); /* so that the parts' statistics differ */
}

static void destroy(void) {
    parameters_destroy(net.parameters);
    free(net.x);
}

/* The mean loss of examples first … last - 1. */
static Tensor *put_on(Tape *tape, int first, int last) {
    Tensor *x = tape_input(tape, "x", shape(last - first, SIDE, SIDE, INPUTS),
                           net.x + (size_t)first * PIXELS);
    Tensor *y = op_conv2d(tape, x, net.kernel, NULL, (Conv2d){.padding = 1});
    y = op_batch_norm(
        tape, y, net.gain, net.shift, net.mean, net.var,
        (BatchNorm){.epsilon = 1e-5f, .momentum = 0.1f, .relu = true, .max_pool = true});
    y = op_linear(tape, op_global_average_pool(tape, y), net.weight, NULL);
    return op_cross_entropy(tape, y, (CrossEntropy){.labels = labels + first});
}

/* The parts first … first + n - 1 on tapes. */
typedef struct Parts {
    Tape *tapes[PARTS];
    Tensor *losses[PARTS];
    Joint joint;
} Parts;

static void parts_begin(Parts *parts, int first, int n, TapeMode mode) {
    *parts = (Parts){0};
    for (int i = 0; i < n; i++) {
        parts->tapes[i] = tape_create();
        tape_begin(parts->tapes[i], i ? TAPE_TRAIN_AGAIN : mode, rng_seed(1));
        tape_defer(parts->tapes[i]);
        parts->losses[i] =
            put_on(parts->tapes[i], part_start[first + i], part_start[first + i + 1]);
    }
    parts->joint = (Joint){
        .tapes = parts->tapes, .losses = parts->losses, .n = n, .first = first, .count = PARTS};
}

static void parts_end(Parts *parts) {
    for (int i = 0; i < parts->joint.n; i++)
        tape_destroy(parts->tapes[i]);
}

static double share(int part) {
    return (part_start[part + 1] - part_start[part]) / (double)EXAMPLES;
}

static double mean_loss(const Parts *parts) {
    double loss = 0;
    for (int i = 0; i < PARTS; i++)
        loss += share(i) * parts->losses[i]->data[0];
    return loss;
}

/* d loss / d element of a weight, from all parts. */
static double mean_gradient(const Parts *parts, const Tensor *tensor, size_t element) {
    double gradient = 0;
    for (int i = 0; i < PARTS; i++)
        gradient += share(i) * tape_leaf_gradient(parts->tapes[i], tensor)[element];
    return gradient;
}

START_TEST(parts_in_step_give_the_whole_batch) {
    Parts parts;
    parts_begin(&parts, 0, PARTS, TAPE_TRAIN);
    ck_assert_int_eq(joint_step(&parts.joint, &error), 0);
    float mean[CHANNELS], var[CHANNELS];
    memcpy(mean, net.mean->data, sizeof mean);
    memcpy(var, net.var->data, sizeof var);
    init_constant(net.mean, 0);
    init_constant(net.var, 0);
    Tape *tape = tape_create();
    tape_begin(tape, TAPE_TRAIN, rng_seed(1));
    Tensor *loss = put_on(tape, 0, EXAMPLES);
    ck_assert_int_eq(tape_backward(tape, loss, &error), 0);
    ck_assert_double_eq_tol(mean_loss(&parts), loss->data[0], 1e-6);
    for (int i = 0; i < CHANNELS; i++) {
        ck_assert_float_eq_tol(mean[i], net.mean->data[i], 1e-5f);
        ck_assert_float_eq_tol(var[i], net.var->data[i], 1e-5f);
    }
    const Tensor *trained[] = {net.kernel, net.gain, net.shift, net.weight};
    for (size_t i = 0; i < sizeof trained / sizeof *trained; i++)
        for (size_t j = 0; j < tensor_count(trained[i]); j++)
            ck_assert_double_eq_tol(mean_gradient(&parts, trained[i], j), trained[i]->gradient[j],
                                    1e-5);
    tape_destroy(tape);
    parts_end(&parts);
}
END_TEST

static double loss_now(void) {
    Parts parts;
    parts_begin(&parts, 0, PARTS, TAPE_TRAIN_AGAIN);
    ck_assert_int_eq(joint_step(&parts.joint, &error), 0);
    double loss = mean_loss(&parts);
    parts_end(&parts);
    return loss;
}

START_TEST(gradients_agree_with_differences) {
    Parts parts;
    parts_begin(&parts, 0, PARTS, TAPE_TRAIN_AGAIN);
    ck_assert_int_eq(joint_step(&parts.joint, &error), 0);
    Tensor *const trained[] = {net.kernel, net.gain, net.shift, net.weight};
    for (size_t i = 0; i < sizeof trained / sizeof *trained; i++)
        for (size_t j = 0; j < tensor_count(trained[i]); j++) {
            const float step = 1e-3f;
            float *value = &trained[i]->data[j], before = *value;
            *value = before + step;
            double above = loss_now();
            *value = before - step;
            double below = loss_now();
            *value = before;
            ck_assert_double_eq_tol(mean_gradient(&parts, trained[i], j),
                                    (above - below) / (2 * step), 2e-3);
        }
    parts_end(&parts);
}
END_TEST

/* What another process would send: recorded while all parts lay here. */
typedef struct Messages {
    double values[64];
    int at, count;
    bool failed, other_failed;
} Messages;

static int record(void *context, bool failed, size_t size, const double *own, double *all,
                  Error *unused) {
    Messages *messages = context;
    (void)unused;
    ck_assert(!failed);
    memcpy(all, own, PARTS * size * sizeof *all);
    memcpy(messages->values + messages->count, own, PARTS * size * sizeof *all);
    messages->count += (int)(PARTS * size);
    return 0;
}

static int replay(void *context, bool failed, size_t size, const double *own, double *all,
                  Error *unused) {
    Messages *messages = context;
    (void)unused;
    messages->failed |= failed;
    if (failed || messages->other_failed)
        return messages->other_failed;
    memcpy(all, messages->values + messages->at, PARTS * size * sizeof *all);
    ck_assert_mem_eq(all + size, own, size * sizeof *all); /* part 1 is here */
    messages->at += (int)(PARTS * size);
    return 0;
}

/* With the others' sums a part gives the same bits as beside them. */
START_TEST(a_part_does_not_see_where_the_others_lie) {
    Messages messages = {0};
    Parts all, one;
    parts_begin(&all, 0, PARTS, TAPE_TRAIN_AGAIN);
    all.joint.context = &messages;
    all.joint.gather = record;
    ck_assert_int_eq(joint_step(&all.joint, &error), 0);
    parts_begin(&one, 1, 1, TAPE_TRAIN_AGAIN);
    one.joint.context = &messages;
    one.joint.gather = replay;
    ck_assert_int_eq(joint_step(&one.joint, &error), 0);
    ck_assert_int_eq(messages.at, messages.count);
    ck_assert_float_eq(one.losses[0]->data[0], all.losses[1]->data[0]);
    ck_assert_mem_eq(tape_leaf_gradient(one.tapes[0], net.kernel),
                     tape_leaf_gradient(all.tapes[1], net.kernel),
                     tensor_count(net.kernel) * sizeof(float));
    parts_end(&all);
    parts_end(&one);
}
END_TEST

static int refuse(void *context, Error *e) {
    (void)context;
    return error_set(e, "the loss is too high");
}

START_TEST(who_fails_tells_the_others_where_they_wait) {
    Messages messages = {0};
    Parts all, one;
    parts_begin(&all, 0, PARTS, TAPE_TRAIN_AGAIN);
    all.joint.context = &messages;
    all.joint.gather = record;
    ck_assert_int_eq(joint_step(&all.joint, &error), 0);
    parts_begin(&one, 1, 1, TAPE_TRAIN_AGAIN);
    one.joint.context = &messages;
    one.joint.gather = replay;
    one.joint.between = refuse;
    messages.at = 0;
    messages.other_failed = false;
    /* The next message after the failure is the one for the backward pass. */
    ck_assert_int_eq(joint_step(&one.joint, &error), -1);
    ck_assert(messages.failed);
    assert_contains(error.message, "the loss is too high");
    parts_end(&one);
    messages = (Messages){.other_failed = true};
    parts_begin(&one, 1, 1, TAPE_TRAIN_AGAIN);
    one.joint.context = &messages;
    one.joint.gather = replay;
    ck_assert_int_eq(joint_step(&one.joint, &error), 1);
    ck_assert(!messages.failed);
    parts_end(&one);
    parts_end(&all);
}
END_TEST

Suite *joint_suite(void) {
    Suite *suite = suite_create("joint");
    TCase *tcase = tcase_create("core");
    tcase_add_checked_fixture(tcase, create, destroy);
    tcase_add_test(tcase, parts_in_step_give_the_whole_batch);
    tcase_add_test(tcase, gradients_agree_with_differences);
    tcase_add_test(tcase, a_part_does_not_see_where_the_others_lie);
    tcase_add_test(tcase, who_fails_tells_the_others_where_they_wait);
    suite_add_tcase(suite, tcase);
    return suite;
}
