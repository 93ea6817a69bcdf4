/* mse.c: loss = Σ (a - b)² / n; da = 2 dloss (a - b) / n, db = -da. */
#include "nn/ops/operators_internal.h"

static int mse_infer(Node *node, Error *error) {
    if (!shape_equal(node->input[0]->shape, node->input[1]->shape) ||
        shape_count(node->input[0]->shape) < 1)
        return operator_reject(node, error, "two tensors of one shape, not empty");
    node->output[0]->shape = shape_scalar();
    return 0;
}

static int mse_forward(Tape *tape, Node *node) {
    (void)tape;
    const float *a = node->input[0]->data, *b = node->input[1]->data;
    size_t count = tensor_count(node->input[0]);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = (double)a[i] - b[i];
        sum += difference * difference;
    }
    node->output[0]->data[0] = (float)(sum / (double)count);
    return 0;
}

static int mse_backward(Tape *tape, Node *node) {
    const float *a = node->input[0]->data, *b = node->input[1]->data;
    int64_t count = (int64_t)tensor_count(node->input[0]);
    for (int k = 0; k < 2; k++) {
        GradientSlot slot = tape_gradient(tape, node->input[k]);
        float scale = (k ? -2 : 2) * node->output[0]->gradient[0] / (float)count;
        for (int64_t i = 0; slot.data && i < count; i++)
            slot.data[i] = (slot.add ? slot.data[i] : 0) + scale * (a[i] - b[i]);
    }
    return 0;
}

const Operator mse_operator = {"mse", mse_infer, mse_forward, mse_backward};

Tensor *op_mse(Tape *tape, Tensor *a, Tensor *b) {
    return tape_apply1(tape, &mse_operator, 2, (Tensor *[]){a, b}, NULL, 0);
}
