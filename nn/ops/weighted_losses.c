/* weighted_losses.c: element-wise losses with a weight per element. */
#include "nn/ops/operators_internal.h"

#include <math.h>
#include <string.h>

typedef struct Attributes {
    const float *targets, *weights;
    float delta;
} Attributes;

/* The caller's arrays, copied behind each other. */
static int keep_arrays(Tape *tape, Node *node) {
    const Attributes *attributes = node->attributes;
    size_t count = tensor_count(node->input[0]);
    float *kept = tape_alloc(tape, 2 * count * sizeof *kept);
    if (!kept)
        return -1;
    memcpy(kept, attributes->targets, count * sizeof *kept);
    memcpy(kept + count, attributes->weights, count * sizeof *kept);
    node->saved = kept;
    return 0;
}

static int infer(Node *node, Error *error) {
    (void)error;
    node->output[0]->shape = shape_scalar();
    return 0;
}

static Tensor *apply(Tape *tape, const Operator *operator, Tensor * x, const float *targets,
                     const float *weights, float delta) {
    Attributes attributes = {targets, weights, delta};
    return tape_apply1(tape, operator, 1, &x, &attributes, sizeof attributes);
}

/* ---- binary_cross_entropy: y = Σ w (max(x,0) - x t + log(1 + exp(-|x|)));
 *      dx = w (sigmoid(x) - t) dy ---- */

static int cross_entropy_forward(Tape *tape, Node *node) {
    if (keep_arrays(tape, node))
        return -1;
    size_t count = tensor_count(node->input[0]);
    const float *x = node->input[0]->data, *t = node->saved, *w = t + count;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        if (w[i] != 0)
            sum += (double)w[i] *
                   ((x[i] > 0 ? x[i] : 0) - (double)x[i] * t[i] + log1p(exp(-fabs((double)x[i]))));
    node->output[0]->data[0] = (float)sum;
    return 0;
}

static int cross_entropy_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (!dx.data)
        return 0;
    size_t count = tensor_count(node->input[0]);
    const float *x = node->input[0]->data, *t = node->saved, *w = t + count;
    float dy = node->output[0]->gradient[0];
    for (size_t i = 0; i < count; i++) {
        float own = w[i] != 0 ? w[i] * (1 / (1 + expf(-x[i])) - t[i]) * dy : 0;
        dx.data[i] = (dx.add ? dx.data[i] : 0) + own;
    }
    return 0;
}

const Operator binary_cross_entropy_operator = {"binary_cross_entropy", infer,
                                                cross_entropy_forward, cross_entropy_backward};

Tensor *op_binary_cross_entropy(Tape *tape, Tensor *logits, const float *targets,
                                const float *weights) {
    return apply(tape, &binary_cross_entropy_operator, logits, targets, weights, 0);
}

/* ---- huber: y = Σ w h(x - t), h(d) = d²/2δ where |d| < δ, else |d| - δ/2;
 *      dx = w d/δ limited to ±w, times dy ---- */

static int huber_forward(Tape *tape, Node *node) {
    if (keep_arrays(tape, node))
        return -1;
    size_t count = tensor_count(node->input[0]);
    const Attributes *attributes = node->attributes;
    const float *x = node->input[0]->data, *t = node->saved, *w = t + count;
    double sum = 0, delta = attributes->delta;
    for (size_t i = 0; i < count; i++) {
        double d = fabs((double)x[i] - t[i]);
        if (w[i] != 0)
            sum += w[i] * (d < delta ? d * d / (2 * delta) : d - delta / 2);
    }
    node->output[0]->data[0] = (float)sum;
    return 0;
}

static int huber_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (!dx.data)
        return 0;
    size_t count = tensor_count(node->input[0]);
    const Attributes *attributes = node->attributes;
    const float *x = node->input[0]->data, *t = node->saved, *w = t + count;
    float dy = node->output[0]->gradient[0];
    for (size_t i = 0; i < count; i++) {
        float d = (x[i] - t[i]) / attributes->delta;
        float own = w[i] != 0 ? w[i] * (d < -1 ? -1 : d > 1 ? 1 : d) * dy : 0;
        dx.data[i] = (dx.add ? dx.data[i] : 0) + own;
    }
    return 0;
}

const Operator huber_operator = {"huber", infer, huber_forward, huber_backward};

Tensor *op_huber(Tape *tape, Tensor *x, const float *targets, const float *weights, float delta) {
    return apply(tape, &huber_operator, x, targets, weights, delta);
}
