/* separable.c: a separable convolution whose weights were packed for inference. */
#include "nn/conv/separable.h"
#include "nn/ops/operators_internal.h"

typedef struct SeparableSettings {
    int inputs, outputs;
    bool max_pool;
} SeparableSettings;

Shape separable_prepared_shape(const Tensor *pointwise) {
    return conv_separable_prepared_shape(pointwise->shape.size[1], pointwise->shape.size[0]);
}

void separable_prepare(const Tensor *pointwise, const Tensor *depthwise, const Tensor *bias,
                       Tensor *prepared) {
    conv_separable_prepare(pointwise->shape.size[1], pointwise->shape.size[0], pointwise->data,
                           depthwise->data, bias->data, prepared->data);
}

static int infer(Node *node, Error *error) {
    const Tensor *x = node->input[0], *prepared = node->input[1];
    const SeparableSettings *settings = node->attributes;
    char found[SHAPE_TEXT];
    shape_text(x->shape, found);
    if (x->shape.n_dims != 4 || x->shape.size[3] != settings->inputs ||
        !shape_equal(prepared->shape,
                     conv_separable_prepared_shape(settings->inputs, settings->outputs)))
        return error_set(error, "separable: x %s, expected (N,H,W,%d)", found, settings->inputs);
    const int *size = x->shape.size;
    if (settings->max_pool && (size[1] % 2 || size[2] % 2))
        return error_set(error, "separable: x %s with max_pool, expected an even size", found);
    int step = settings->max_pool ? 2 : 1;
    node->output[0]->shape = shape(size[0], size[1] / step, size[2] / step, settings->outputs);
    return 0;
}

static int forward(Tape *tape, Node *node) {
    const SeparableSettings *settings = node->attributes;
    const int *size = node->input[0]->shape.size;
    SeparableShape s = {size[1], size[2], settings->inputs, settings->outputs, settings->max_pool};
    return conv_separable_forward(tape, size[0], &s, node->input[0]->data, node->input[1]->data,
                                  node->output[0]->data);
}

Tensor *op_separable_prepared(Tape *tape, Tensor *x, const Tensor *pointwise, Tensor *prepared,
                              bool max_pool) {
    static const Operator prepared_operator = {"separable", infer, forward, NULL};
    Tensor *inputs[] = {x, prepared};
    SeparableSettings settings = {pointwise->shape.size[1], pointwise->shape.size[0], max_pool};
    return tape_apply1(tape, &prepared_operator, 2, inputs, &settings, sizeof settings);
}
