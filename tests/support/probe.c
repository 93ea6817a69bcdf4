#include "tests/support/probe.h"

#include "nn/base/float16.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

float *probe_random(uint64_t key, size_t count) {
    float *data = malloc((count ? count : 1) * sizeof *data);
    if (!data)
        abort();
    Rng rng = rng_split(rng_seed(1), key);
    for (size_t i = 0; i < count; i++)
        data[i] = rng_normal(rng, i);
    return data;
}

static int infer(Node *node, Error *error) {
    (void)error;
    node->output[0]->shape = shape_scalar();
    return 0;
}

static int forward(Tape *tape, Node *node) {
    (void)tape;
    const float *dy = *(const float *const *)node->attributes;
    double sum = 0;
    for (size_t i = 0; i < tensor_count(node->input[0]); i++)
        sum += (double)node->input[0]->data[i] * dy[i];
    node->output[0]->data[0] = (float)sum;
    return 0;
}

static int backward(Tape *tape, Node *node) {
    const float *dy = *(const float *const *)node->attributes;
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    for (size_t i = 0; i < tensor_count(node->input[0]); i++)
        dx.data[i] = (dx.add ? dx.data[i] : 0) + dy[i] * node->output[0]->gradient[0];
    return 0;
}

Tensor *probe_loss(Tape *tape, Tensor *y, const float *dy) {
    static const Operator probe = {"probe", infer, forward, backward};
    return tape_apply1(tape, &probe, 1, &y, &dy, sizeof dy);
}

double probe_distance(const float *found, const double *expected, size_t count) {
    double distance = 0, norm = 0;
    for (size_t i = 0; i < count; i++) {
        distance += (found[i] - expected[i]) * (found[i] - expected[i]);
        norm += expected[i] * expected[i];
    }
    return norm > 0 ? sqrt(distance / norm) : sqrt(distance);
}

void probe_round_to_half(Tensor *tensor) {
    for (size_t i = 0; i < tensor_count(tensor); i++)
        tensor->data[i] = float16_to_float(float16_from_float(tensor->data[i]));
}

bool probe_use_isa(Isa isa) {
    if (!isa_available(isa))
        return false;
    ck_assert_int_eq(setenv("AFFEKT_ISA", isa_name(isa), 1), 0);
    ck_assert_int_eq(isa_current(), isa);
    return true;
}
