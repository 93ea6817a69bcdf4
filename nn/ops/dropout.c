/* dropout.c: y = x mask / (1 - p), mask 0 with probability p, else 1; dx = dy mask / (1 - p).
 * (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov 2014.)
 *
 * Element i of the mask is drawn from the i-th 16 bits of the step's next random stream: the
 * probability is kept to 1 / 65536. Backward draws the mask again instead of keeping it. */
#include "nn/ops/operators_internal.h"

typedef struct Dropout {
    uint32_t threshold; /* a draw below it drops */
    float scale;
    int shared_dims;
    Rng rng;
} Dropout;

enum { DRAWS_IN_BLOCK = 8 };

static int dropout_infer(Node *node, Error *error) {
    const Dropout *dropout = node->attributes;
    if (dropout->shared_dims < 0 || dropout->shared_dims > node->input[0]->shape.n_dims)
        return operator_reject(node, error, "no more shared dimensions than x has");
    return infer_same(node, error);
}

/* to (+)= from mask / (1 - p), for `repeats` vectors of `period` elements that share a mask. */
static void apply_mask(const Dropout *dropout, float *to, const float *from, int64_t repeats,
                       int64_t period, bool add) {
    int64_t blocks = (period + DRAWS_IN_BLOCK - 1) / DRAWS_IN_BLOCK;
#pragma omp parallel for
    for (int64_t block = 0; block < blocks; block++) {
        uint32_t words[4];
        float factor[DRAWS_IN_BLOCK];
        rng_block(dropout->rng, (uint64_t)block, words);
        for (int i = 0; i < DRAWS_IN_BLOCK; i++)
            factor[i] =
                (words[i / 2] >> i % 2 * 16 & 0xFFFF) < dropout->threshold ? 0 : dropout->scale;
        int64_t start = block * DRAWS_IN_BLOCK;
        int count = period - start < DRAWS_IN_BLOCK ? (int)(period - start) : DRAWS_IN_BLOCK;
        for (int64_t at = start; at < repeats * period; at += period)
            for (int i = 0; i < count; i++)
                to[at + i] = (add ? to[at + i] : 0) + from[at + i] * factor[i];
    }
}

static void apply(const Node *node, float *to, const float *from, bool add) {
    const Dropout *dropout = node->attributes;
    const Shape s = node->input[0]->shape;
    int64_t repeats = 1, period = 1;
    for (int i = 0; i < s.n_dims; i++)
        *(i < dropout->shared_dims ? &repeats : &period) *= s.size[i];
    apply_mask(dropout, to, from, repeats, period, add);
}

static int dropout_forward(Tape *tape, Node *node) {
    (void)tape;
    apply(node, node->output[0]->data, node->input[0]->data, false);
    return 0;
}

static int dropout_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (dx.data)
        apply(node, dx.data, node->output[0]->gradient, dx.add);
    return 0;
}

const Operator dropout_operator = {"dropout", dropout_infer, dropout_forward, dropout_backward};

Tensor *op_dropout(Tape *tape, Tensor *x, float probability, int shared_dims) {
    if (!tape_is_training(tape) || probability <= 0)
        return x;
    Dropout dropout = {.threshold = (uint32_t)(probability * 65536 + 0.5f),
                       .scale = probability < 1 ? 1 / (1 - probability) : 0,
                       .shared_dims = shared_dims,
                       .rng = tape_next_rng(tape)};
    return tape_apply1(tape, &dropout_operator, 1, &x, &dropout, sizeof dropout);
}
