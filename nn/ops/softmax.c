/* softmax.c: over the last dimension, with the row's maximum subtracted first. */
#include "nn/kernels/vector_math.h"
#include "nn/ops/operators_internal.h"

static int infer_rows(Node *node, Error *error) {
    if (shape_columns(node->input[0]->shape) < 1)
        return operator_reject(node, error, "x (…,C) with C > 0");
    return infer_same(node, error);
}

/* ---- softmax: y = exp(x - lse(x)), lse(x) = log Σ exp x; dx = y (dy - Σ dy y) ---- */

static int softmax_forward(Tape *tape, Node *node) {
    (void)tape;
    const VectorMathKernels *kernels = KERNELS(vector_math);
    int64_t rows = shape_rows(node->input[0]->shape),
            columns = shape_columns(node->input[0]->shape);
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        const float *x = node->input[0]->data + row * columns;
        kernels->exp_minus(node->output[0]->data + row * columns, x,
                           kernels->log_sum_exp(x, columns), columns);
    }
    return 0;
}

static int softmax_backward(Tape *tape, Node *node) {
    GradientSlot slot = tape_gradient(tape, node->input[0]);
    int64_t rows = shape_rows(node->input[0]->shape),
            columns = shape_columns(node->input[0]->shape);
    if (!slot.data)
        return 0;
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        const float *y = node->output[0]->data + row * columns,
                    *dy = node->output[0]->gradient + row * columns;
        float *dx = slot.data + row * columns;
        double sum = 0;
        for (int64_t i = 0; i < columns; i++)
            sum += (double)dy[i] * y[i];
        for (int64_t i = 0; i < columns; i++)
            dx[i] = (slot.add ? dx[i] : 0) + y[i] * (dy[i] - (float)sum);
    }
    return 0;
}

const Operator softmax_operator = {"softmax", infer_rows, softmax_forward, softmax_backward};

Tensor *op_softmax(Tape *tape, Tensor *x) {
    return tape_apply1(tape, &softmax_operator, 1, &x, NULL, 0);
}

/* ---- log_softmax: y = x - lse(x); dx = dy - exp(y) Σ dy ---- */

static int log_softmax_forward(Tape *tape, Node *node) {
    (void)tape;
    const VectorMathKernels *kernels = KERNELS(vector_math);
    int64_t rows = shape_rows(node->input[0]->shape),
            columns = shape_columns(node->input[0]->shape);
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        const float *x = node->input[0]->data + row * columns;
        float *y = node->output[0]->data + row * columns;
        float log_sum = kernels->log_sum_exp(x, columns);
        for (int64_t i = 0; i < columns; i++)
            y[i] = x[i] - log_sum;
    }
    return 0;
}

static int log_softmax_backward(Tape *tape, Node *node) {
    const VectorMathKernels *kernels = KERNELS(vector_math);
    GradientSlot slot = tape_gradient(tape, node->input[0]);
    int64_t rows = shape_rows(node->input[0]->shape),
            columns = shape_columns(node->input[0]->shape);
    float *probabilities = slot.data ? tape_borrow(tape, (size_t)(rows * columns)) : NULL;
    if (!probabilities)
        return slot.data ? -1 : 0;
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        const float *dy = node->output[0]->gradient + row * columns;
        float *dx = slot.data + row * columns, *p = probabilities + row * columns;
        kernels->exp(p, node->output[0]->data + row * columns, columns);
        double sum = 0;
        for (int64_t i = 0; i < columns; i++)
            sum += dy[i];
        for (int64_t i = 0; i < columns; i++)
            dx[i] = (slot.add ? dx[i] : 0) + dy[i] - p[i] * (float)sum;
    }
    tape_release(tape, probabilities);
    return 0;
}

const Operator log_softmax_operator = {"log_softmax", infer_rows, log_softmax_forward,
                                       log_softmax_backward};

Tensor *op_log_softmax(Tape *tape, Tensor *x) {
    return tape_apply1(tape, &log_softmax_operator, 1, &x, NULL, 0);
}
