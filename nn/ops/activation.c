/* activation.c: element-wise nonlinearities. */
#include "nn/operators_internal.h"

#include <math.h>

static int infer_same(Node *node, Error *error) {
    (void)error;
    node->output[0]->shape = node->input[0]->shape;
    return 0;
}

/* relu: y = max(0, x); dx = dy where y > 0 (the subgradient at 0 is 0). */
static int relu_forward(Tape *tape, Node *node) {
    (void)tape;
    const float *x = node->input[0]->data;
    float *y = node->output[0]->data;
    int64_t count = (int64_t)tensor_count(node->input[0]);
#pragma omp parallel for
    for (int64_t i = 0; i < count; i++)
        y[i] = x[i] > 0 ? x[i] : 0;
    return 0;
}

static int relu_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    const float *dy = node->output[0]->gradient, *y = node->output[0]->data;
    int64_t count = (int64_t)tensor_count(node->input[0]);
#pragma omp parallel for
    for (int64_t i = 0; i < count; i++)
        dx.data[i] = (dx.add ? dx.data[i] : 0) + (y[i] > 0 ? dy[i] : 0);
    return 0;
}

const Operator relu_operator = {"relu", infer_same, relu_forward, relu_backward};

Tensor *op_relu(Tape *tape, Tensor *x) {
    return tape_apply1(tape, &relu_operator, 1, &x, NULL, 0);
}
