/* activation.c: element-wise nonlinearities. */
#include "nn/kernels/vector_math.h"
#include "nn/ops/operators_internal.h"

/* ---- relu: y = max(0, x); dx = dy where y > 0 (the subgradient at 0 is 0) ---- */

static int relu_forward(Tape *tape, Node *node) {
    (void)tape;
    const float *x = node->input[0]->data;
    float *y = node->output[0]->data;
    int64_t count = (int64_t)tensor_count(node->input[0]);
#pragma omp parallel for
    for (int64_t i = 0; i < count; i++)
        y[i] = x[i] < 0 ? 0 : x[i]; /* keeps NaN */
    return 0;
}

static int relu_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (!dx.data)
        return 0;
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

/* Maps the input in blocks that do not depend on the number of threads. */
static void map(const Node *node, void (*function)(float *, const float *, int64_t)) {
    enum { BLOCK = 4096 };
    const float *x = node->input[0]->data;
    float *y = node->output[0]->data;
    int64_t count = (int64_t)tensor_count(node->input[0]);
#pragma omp parallel for
    for (int64_t start = 0; start < count; start += BLOCK)
        function(y + start, x + start, count - start < BLOCK ? count - start : BLOCK);
}

/* ---- sigmoid: y = 1 / (1 + exp(-x)); dx = dy y (1 - y) ---- */

static int sigmoid_forward(Tape *tape, Node *node) {
    (void)tape;
    map(node, KERNELS(vector_math)->sigmoid);
    return 0;
}

static int sigmoid_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (!dx.data)
        return 0;
    const float *dy = node->output[0]->gradient, *y = node->output[0]->data;
    int64_t count = (int64_t)tensor_count(node->input[0]);
#pragma omp parallel for
    for (int64_t i = 0; i < count; i++)
        dx.data[i] = (dx.add ? dx.data[i] : 0) + dy[i] * y[i] * (1 - y[i]);
    return 0;
}

const Operator sigmoid_operator = {"sigmoid", infer_same, sigmoid_forward, sigmoid_backward};

Tensor *op_sigmoid(Tape *tape, Tensor *x) {
    return tape_apply1(tape, &sigmoid_operator, 1, &x, NULL, 0);
}

/* ---- tanh: dx = dy (1 - y²) ---- */

static int tanh_forward(Tape *tape, Node *node) {
    (void)tape;
    map(node, KERNELS(vector_math)->tanh);
    return 0;
}

static int tanh_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (!dx.data)
        return 0;
    const float *dy = node->output[0]->gradient, *y = node->output[0]->data;
    int64_t count = (int64_t)tensor_count(node->input[0]);
#pragma omp parallel for
    for (int64_t i = 0; i < count; i++)
        dx.data[i] = (dx.add ? dx.data[i] : 0) + dy[i] * (1 - y[i] * y[i]);
    return 0;
}

const Operator tanh_operator = {"tanh", infer_same, tanh_forward, tanh_backward};

Tensor *op_tanh(Tape *tape, Tensor *x) {
    return tape_apply1(tape, &tanh_operator, 1, &x, NULL, 0);
}
