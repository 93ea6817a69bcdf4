/* pool.c: the largest value or the mean of each window, channel by channel. */
#include "nn/kernels/pool.h"
#include "nn/ops/operators_internal.h"

#include <string.h>

/* The largest window: a byte then tells which of its places won. */
enum { POOL_MAX_SIZE = 16 };

static PoolShape pool_shape(const Node *node) {
    const int *x = node->input[0]->shape.size;
    const Pool *pool = node->attributes;
    int stride = pool->stride ? pool->stride : pool->size;
    return (PoolShape){.h = x[1],
                       .w = x[2],
                       .c = x[3],
                       .out_h = (x[1] + 2 * pool->padding - pool->size) / stride + 1,
                       .out_w = (x[2] + 2 * pool->padding - pool->size) / stride + 1,
                       .size = pool->size,
                       .stride = stride,
                       .padding = pool->padding};
}

static int infer(Node *node, Error *error) {
    const Shape *x = &node->input[0]->shape;
    const Pool *pool = node->attributes;
    const char *name = node->operator->name;
    char found[SHAPE_TEXT];
    if (x->n_dims != 4 || tensor_count(node->input[0]) < 1)
        return error_set(error, "%s: x %s: expected (N,H,W,C) with at least one element", name,
                         shape_text(*x, found));
    if (pool->size < 1 || pool->size > POOL_MAX_SIZE || pool->stride < 0 || pool->padding < 0 ||
        pool->padding > pool->size / 2)
        return error_set(error,
                         "%s: size %d, stride %d, padding %d: expected a size of 1 … %d, no "
                         "negative stride, and padding of at most half the size",
                         name, pool->size, pool->stride, pool->padding, POOL_MAX_SIZE);
    if (x->size[1] + 2 * pool->padding < pool->size || x->size[2] + 2 * pool->padding < pool->size)
        return error_set(error, "%s: x %s with padding %d is smaller than the window of %d", name,
                         shape_text(*x, found), pool->padding, pool->size);
    PoolShape s = pool_shape(node);
    node->output[0]->shape = shape(x->size[0], s.out_h, s.out_w, s.c);
    return 0;
}

static size_t x_size(const PoolShape *s) { /* elements of one image */
    return (size_t)s->h * s->w * s->c;
}

static size_t y_size(const PoolShape *s) {
    return (size_t)s->out_h * s->out_w * s->c;
}

/* max_pool: y = max x over the window; dx = dy at the first place that holds the maximum. */
static int max_forward(Tape *tape, Node *node) {
    PoolShape s = pool_shape(node);
    const float *x = node->input[0]->data;
    float *y = node->output[0]->data;
    uint8_t *winner = NULL;
    if (node->output[0]->needs_gradient &&
        !(winner = node->saved = tape_alloc(tape, tensor_count(node->output[0]))))
        return -1;
#pragma omp parallel for
    for (int image = 0; image < node->input[0]->shape.size[0]; image++)
        KERNELS(pool)->maximum(&s, x + x_size(&s) * image, y + y_size(&s) * image,
                               winner ? winner + y_size(&s) * image : NULL);
    return 0;
}

static int max_backward(Tape *tape, Node *node) {
    PoolShape s = pool_shape(node);
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    const float *dy = node->output[0]->gradient;
    const uint8_t *winner = node->saved;
#pragma omp parallel for
    for (int image = 0; image < (dx.data ? node->input[0]->shape.size[0] : 0); image++) {
        float *to = dx.data + x_size(&s) * image;
        if (!dx.add)
            memset(to, 0, x_size(&s) * sizeof *to);
        KERNELS(pool)->maximum_backward(&s, dy + y_size(&s) * image, winner + y_size(&s) * image,
                                        to);
    }
    return 0;
}

static void average(const PoolShape *s, const Node *node) {
    const float *x = node->input[0]->data;
    float *y = node->output[0]->data;
#pragma omp parallel for
    for (int image = 0; image < node->input[0]->shape.size[0]; image++)
        KERNELS(pool)->average(s, x + x_size(s) * image, y + y_size(s) * image);
}

static void spread_average(const PoolShape *s, Tape *tape, const Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    const float *dy = node->output[0]->gradient;
#pragma omp parallel for
    for (int image = 0; image < (dx.data ? node->input[0]->shape.size[0] : 0); image++) {
        float *to = dx.data + x_size(s) * image;
        if (!dx.add)
            memset(to, 0, x_size(s) * sizeof *to);
        KERNELS(pool)->average_backward(s, dy + y_size(s) * image, to);
    }
}

/* average_pool: y = mean of x over the window's places on the image; dx = dy / their number. */
static int average_forward(Tape *tape, Node *node) {
    (void)tape;
    PoolShape s = pool_shape(node);
    average(&s, node);
    return 0;
}

static int average_backward(Tape *tape, Node *node) {
    PoolShape s = pool_shape(node);
    spread_average(&s, tape, node);
    return 0;
}

const Operator max_pool_operator = {"max_pool", infer, max_forward, max_backward};
const Operator average_pool_operator = {"average_pool", infer, average_forward, average_backward};

Tensor *op_max_pool(Tape *tape, Tensor *x, Pool settings) {
    return tape_apply1(tape, &max_pool_operator, 1, &x, &settings, sizeof settings);
}

Tensor *op_average_pool(Tape *tape, Tensor *x, Pool settings) {
    return tape_apply1(tape, &average_pool_operator, 1, &x, &settings, sizeof settings);
}

/* global_average_pool: the same with one window, as large as the image. */
static int global_infer(Node *node, Error *error) {
    const Shape *x = &node->input[0]->shape;
    if (x->n_dims != 4 || tensor_count(node->input[0]) < 1)
        return error_set(error,
                         "global_average_pool: x %s: expected (N,H,W,C) with at least one element",
                         shape_text(*x, (char[SHAPE_TEXT]){0}));
    node->output[0]->shape = shape(x->size[0], x->size[3]);
    return 0;
}

static PoolShape global_shape(const Node *node) {
    const int *x = node->input[0]->shape.size;
    int side = x[1] > x[2] ? x[1] : x[2];
    return (PoolShape){
        .h = x[1], .w = x[2], .c = x[3], .out_h = 1, .out_w = 1, .size = side, .stride = side};
}

static int global_forward(Tape *tape, Node *node) {
    (void)tape;
    PoolShape s = global_shape(node);
    average(&s, node);
    return 0;
}

static int global_backward(Tape *tape, Node *node) {
    PoolShape s = global_shape(node);
    spread_average(&s, tape, node);
    return 0;
}

const Operator global_average_pool_operator = {"global_average_pool", global_infer, global_forward,
                                               global_backward};

Tensor *op_global_average_pool(Tape *tape, Tensor *x) {
    return tape_apply1(tape, &global_average_pool_operator, 1, &x, NULL, 0);
}
