/* upsample.c: repeats each value of a map as a 2×2 square. */
#include "nn/ops/operators_internal.h"

#include <string.h>

/* y[n, 2h+i, 2w+j, c] = x[n,h,w,c] for i, j in 0, 1; dx is the sum of the four dy. */

static int infer(Node *node, Error *error) {
    const Shape *x = &node->input[0]->shape;
    if (x->n_dims != 4)
        return operator_reject(node, error, "(N,H,W,C)");
    node->output[0]->shape = shape(x->size[0], 2 * x->size[1], 2 * x->size[2], x->size[3]);
    return 0;
}

static int forward(Tape *tape, Node *node) {
    (void)tape;
    const int *size = node->input[0]->shape.size;
    int w = size[2], c = size[3];
    size_t row = (size_t)w * 2 * c;
#pragma omp parallel for
    for (int y = 0; y < size[0] * size[1]; y++) {
        const float *from = node->input[0]->data + (size_t)y * w * c;
        float *to = node->output[0]->data + 2 * row * (size_t)y;
        for (int x = 0; x < w; x++) {
            memcpy(to + (size_t)2 * x * c, from + (size_t)x * c, c * sizeof *to);
            memcpy(to + (size_t)(2 * x + 1) * c, from + (size_t)x * c, c * sizeof *to);
        }
        memcpy(to + row, to, row * sizeof *to);
    }
    return 0;
}

static int backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (!dx.data)
        return 0;
    const int *size = node->input[0]->shape.size;
    int w = size[2], c = size[3];
    size_t row = (size_t)w * 2 * c;
#pragma omp parallel for
    for (int y = 0; y < size[0] * size[1]; y++)
        for (int x = 0; x < w; x++) {
            const float *dy = node->output[0]->gradient + 2 * row * (size_t)y + (size_t)2 * x * c;
            float *to = dx.data + ((size_t)y * w + x) * c;
            for (int k = 0; k < c; k++)
                to[k] = (dx.add ? to[k] : 0) + dy[k] + dy[c + k] + dy[row + k] + dy[row + c + k];
        }
    return 0;
}

const Operator upsample_operator = {"upsample", infer, forward, backward};

Tensor *op_upsample(Tape *tape, Tensor *x) {
    return tape_apply1(tape, &upsample_operator, 1, &x, NULL, 0);
}
