/* embedding.c: y[i] = weight[token[i]]; dweight[k] = Σ dy[i] over all i with token[i] = k. */
#include "nn/ops/operators_internal.h"

#include <string.h>

typedef struct Embedding {
    const int32_t *tokens;
    Shape shape;
} Embedding;

static int embedding_infer(Node *node, Error *error) {
    const Embedding *embedding = node->attributes;
    const Shape weight = node->input[0]->shape;
    Shape y = embedding->shape;
    if (weight.n_dims != 2 || y.n_dims >= TENSOR_MAX_DIMS)
        return operator_reject(node, error,
                               "weight (K,C), and tokens with fewer than 5 dimensions");
    int64_t count = shape_count(y);
    for (int64_t i = 0; i < count; i++)
        if (embedding->tokens[i] < 0 || embedding->tokens[i] >= weight.size[0])
            return error_set(error, "embedding: token %d at index %lld; expected 0 … %d",
                             embedding->tokens[i], (long long)i, weight.size[0] - 1);
    y.size[y.n_dims++] = weight.size[1];
    node->output[0]->shape = y;
    return 0;
}

static int embedding_forward(Tape *tape, Node *node) {
    (void)tape;
    const Embedding *embedding = node->attributes;
    const float *weight = node->input[0]->data;
    float *y = node->output[0]->data;
    size_t width = (size_t)node->input[0]->shape.size[1];
    int64_t count = shape_count(embedding->shape);
    for (int64_t i = 0; i < count; i++)
        memcpy(y + (size_t)i * width, weight + (size_t)embedding->tokens[i] * width,
               width * sizeof *y);
    return 0;
}

/* Threads share the columns, so that each sum is taken in the order of the tokens. */
static int embedding_backward(Tape *tape, Node *node) {
    enum { COLUMNS = 32 };
    const Embedding *embedding = node->attributes;
    const float *dy = node->output[0]->gradient;
    float *dweight = tape_gradient_to_add(tape, node->input[0]);
    int width = node->input[0]->shape.size[1];
    int64_t count = shape_count(embedding->shape);
    if (!dweight)
        return 0;
#pragma omp parallel for
    for (int start = 0; start < width; start += COLUMNS) {
        int end = start + COLUMNS < width ? start + COLUMNS : width;
        for (int64_t i = 0; i < count; i++) {
            float *to = dweight + (int64_t)embedding->tokens[i] * width;
            for (int column = start; column < end; column++)
                to[column] += dy[i * width + column];
        }
    }
    return 0;
}

const Operator embedding_operator = {"embedding", embedding_infer, embedding_forward,
                                     embedding_backward};

Tensor *op_embedding(Tape *tape, const int32_t *tokens, Shape s, Tensor *weight) {
    if (!weight || shape_count(s) < 0)
        return NULL;
    size_t bytes = (size_t)shape_count(s) * sizeof *tokens;
    int32_t *copy = tape_alloc(tape, bytes);
    if (!copy)
        return NULL;
    Embedding embedding = {memcpy(copy, tokens, bytes), s};
    return tape_apply1(tape, &embedding_operator, 1, &weight, &embedding, sizeof embedding);
}
