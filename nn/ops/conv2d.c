/* conv2d.c: convolution (cross-correlation, as in PyTorch).
 *
 * y[n,p,q,o] = Σ_{i,j,c} x[n, p·stride - padding + i, q·stride - padding + j, c] · weight[o,c,i,j]
 * + bias[o]
 *
 * nn/conv/ has the ways to compute it; this file has the shape rule and chooses among them. */
#include "nn/conv/bfloat16.h"
#include "nn/conv/depthwise.h"
#include "nn/conv/general.h"
#include "nn/conv/single_channel.h"
#include "nn/conv/winograd.h"
#include "nn/kernels/pool.h"
#include "nn/ops/operators_internal.h"

#include <string.h>

static int positive_or_1(int value) {
    return value ? value : 1;
}

static ConvShape shape_of(const Node *node) {
    const int *x = node->input[0]->shape.size, *weight = node->input[1]->shape.size;
    const Conv2d *settings = node->attributes;
    ConvShape s = {.n = x[0],
                   .h = x[1],
                   .w = x[2],
                   .c = x[3],
                   .o = weight[0],
                   .kh = weight[2],
                   .kw = weight[3]};
    s.stride = positive_or_1(settings->stride);
    s.padding = settings->padding;
    s.groups = positive_or_1(settings->groups);
    s.out_h = (s.h + 2 * s.padding - s.kh) / s.stride + 1;
    s.out_w = (s.w + 2 * s.padding - s.kw) / s.stride + 1;
    return s;
}

static int infer(Node *node, Error *error) {
    const Tensor *x = node->input[0], *weight = node->input[1], *bias = node->input[2];
    const Conv2d *settings = node->attributes;
    char found[SHAPE_TEXT], weights[SHAPE_TEXT];
    shape_text(x->shape, found);
    shape_text(weight->shape, weights);
    if (x->shape.n_dims != 4 || weight->shape.n_dims != 4)
        return error_set(error,
                         "conv2d: x %s, weight %s (%s): expected (N,H,W,C) and (O,C/groups,kh,kw)",
                         found, weights, weight->name);
    if (settings->stride < 0 || settings->padding < 0 || settings->groups < 0)
        return error_set(error, "conv2d: stride %d, padding %d, groups %d: expected none below 0",
                         settings->stride, settings->padding, settings->groups);
    int groups = positive_or_1(settings->groups);
    const int *x_size = x->shape.size, *size = weight->shape.size;
    if (size[0] < 1 || size[1] < 1 || size[2] < 1 || size[3] < 1 || x_size[3] != size[1] * groups ||
        size[0] % groups)
        return error_set(error, "conv2d: x %s does not fit weight %s (%s) in %d groups", found,
                         weights, weight->name, groups);
    if (x_size[0] < 1 || x_size[1] + 2 * settings->padding < size[2] ||
        x_size[2] + 2 * settings->padding < size[3])
        return error_set(error, "conv2d: x %s with padding %d is smaller than weight %s (%s)",
                         found, settings->padding, weights, weight->name);
    if (bias && !shape_equal(bias->shape, shape(size[0])))
        return error_set(error, "conv2d: bias %s (%s), expected (%d)",
                         shape_text(bias->shape, found), bias->name, size[0]);
    ConvShape s = shape_of(node);
    node->output[0]->shape = shape(s.n, s.out_h, s.out_w, s.o);
    return 0;
}

/* One way to compute a convolution: a row for each, first match wins. */
typedef struct Way {
    bool (*fits)(const ConvShape *s);
    int (*forward)(Tape *, const ConvShape *, const float *x, const float *weight,
                   const float *bias, bool relu, float *y);
    int (*backward_data)(Tape *, const ConvShape *, const float *dy, const float *weight,
                         GradientSlot dx);
    int (*backward_weight)(Tape *, const ConvShape *, const float *x, const float *dy,
                           GradientSlot dweight);
} Way;

static bool is_depthwise(const ConvShape *s) {
    return s->groups == s->c && s->o == s->c && s->c > 1;
}

static bool is_any(const ConvShape *s) {
    (void)s;
    return true;
}

static const Way ways[] = {
    {conv_single_channel_fits, conv_single_channel_forward, conv_general_backward_data,
     conv_single_channel_backward_weight},
    {conv_winograd_fits, conv_winograd_forward, conv_winograd_backward_data,
     conv_winograd_backward_weight},
    {is_depthwise, conv_depthwise_forward, conv_depthwise_backward_data,
     conv_depthwise_backward_weight},
    {is_any, conv_general_forward, conv_general_backward_data, conv_general_backward_weight},
};

static const Way *way_for(const Tape *tape, const ConvShape *s) {
    static const Way bfloat16 = {conv_bfloat16_fits, conv_bfloat16_forward,
                                 conv_bfloat16_backward_data, conv_bfloat16_backward_weight};
    if (tape_uses_bfloat16(tape) && bfloat16.fits(s))
        return &bfloat16;
    const Way *way = ways;
    while (!way->fits(s))
        way++;
    return way;
}

static int forward(Tape *tape, Node *node) {
    ConvShape s = shape_of(node);
    const Conv2d *settings = node->attributes;
    const Tensor *bias = node->input[2];
    return way_for(tape, &s)->forward(tape, &s, node->input[0]->data, node->input[1]->data,
                                      bias ? bias->data : NULL, settings->relu,
                                      node->output[0]->data);
}

/* dbias = Σ dy over all positions: a sum for each image, then these in order. */
static int backward_bias(Tape *tape, const ConvShape *s, const float *dy, GradientSlot dbias) {
    float *sums = tape_borrow(tape, (size_t)s->n * s->o);
    if (!sums)
        return -1;
#pragma omp parallel for
    for (int image = 0; image < s->n; image++) {
        const float *from = dy + conv_y_size(s) * image;
        float *to = sums + (size_t)s->o * image;
        memset(to, 0, s->o * sizeof *to);
        for (int p = 0; p < s->out_h * s->out_w; p++)
            for (int o = 0; o < s->o; o++)
                to[o] += from[(size_t)p * s->o + o];
    }
    for (int o = 0; o < s->o; o++) {
        float sum = dbias.add ? dbias.data[o] : 0;
        for (int image = 0; image < s->n; image++)
            sum += sums[(size_t)image * s->o + o];
        dbias.data[o] = sum;
    }
    tape_release(tape, sums);
    return 0;
}

static int backward_products(Tape *tape, Node *node, const ConvShape *s, const float *dy) {
    const Way *way = way_for(tape, s);
    GradientSlot dbias = tape_gradient(tape, node->input[2]);
    if (dbias.data && backward_bias(tape, s, dy, dbias))
        return -1;
    GradientSlot dweight = tape_gradient(tape, node->input[1]);
    if (dweight.data && way->backward_weight(tape, s, node->input[0]->data, dy, dweight))
        return -1;
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    return dx.data ? way->backward_data(tape, s, dy, node->input[1]->data, dx) : 0;
}

static int backward(Tape *tape, Node *node) {
    ConvShape s = shape_of(node);
    const Conv2d *settings = node->attributes;
    const float *y = node->output[0]->data, *dy = node->output[0]->gradient;
    if (!settings->relu)
        return backward_products(tape, node, &s, dy);
    int64_t count = (int64_t)tensor_count(node->output[0]);
    float *masked = tape_borrow(tape, count);
    if (!masked)
        return -1;
#pragma omp parallel for
    for (int64_t i = 0; i < count; i++)
        masked[i] = y[i] > 0 ? dy[i] : 0;
    int status = backward_products(tape, node, &s, masked);
    tape_release(tape, masked);
    return status;
}

const Operator conv2d_operator = {"conv2d", infer, forward, backward};

Tensor *op_conv2d(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias, Conv2d settings) {
    Tensor *inputs[] = {x, weight, bias};
    Node *node = tape_apply(tape, &conv2d_operator, 1, 3, 2, inputs, &settings, sizeof settings);
    return node ? node->output[0] : NULL;
}

/* ------------------------------------------------------------------ for inference */

/* Settings of conv2d_prepared; shape_of and infer read the first member alone. */
typedef struct PreparedConv2d {
    Conv2d conv;
    bool max_pool;
} PreparedConv2d;

static ConvShape shape_for(Shape weight, Conv2d settings, int h, int w) {
    Tensor x = {.shape = shape(1, h, w, weight.size[1] * positive_or_1(settings.groups))};
    Tensor filter = {.shape = weight};
    Node node = {.input = {&x, &filter}, .attributes = &settings};
    return shape_of(&node);
}

Shape conv2d_prepared_shape(Shape weight, Conv2d settings, int h, int w) {
    ConvShape s = shape_for(weight, settings, h, w);
    return conv_winograd_fits(&s) ? conv_winograd_prepared_shape(&s) : shape(0);
}

void conv2d_prepare(const Tensor *weight, Conv2d settings, int h, int w, Tensor *prepared) {
    ConvShape s = shape_for(weight->shape, settings, h, w);
    if (tensor_count(prepared) > 0)
        conv_winograd_prepare(&s, weight->data, prepared);
}

static int prepared_infer(Node *node, Error *error) {
    const PreparedConv2d *settings = node->attributes;
    if (infer(node, error))
        return -1;
    int *size = node->output[0]->shape.size;
    if (!settings->max_pool)
        return 0;
    size[1] /= 2;
    size[2] /= 2;
    return size[1] > 0 && size[2] > 0
               ? 0
               : error_set(error, "conv2d: a result of less than 2×2 for max_pool");
}

/* What has been prepared for full precision, where that is wanted. */
static const Tensor *prepared_of(const Tape *tape, const Node *node) {
    const Tensor *prepared = node->input[3];
    return prepared && tensor_count(prepared) > 0 && !tape_uses_bfloat16(tape) ? prepared : NULL;
}

/* y = the convolution, with max pooling where the kernel has it. */
static int convolve_prepared(Tape *tape, const Node *node, const ConvShape *s, bool max_pool,
                             float *y) {
    const PreparedConv2d *settings = node->attributes;
    const Tensor *bias = node->input[2], *prepared = prepared_of(tape, node);
    const float *x = node->input[0]->data, *shift = bias ? bias->data : NULL;
    if (prepared)
        return conv_winograd_forward_prepared(tape, s, x, prepared, shift, settings->conv.relu,
                                              max_pool, y);
    return way_for(tape, s)->forward(tape, s, x, node->input[1]->data, shift, settings->conv.relu,
                                     y);
}

static int prepared_forward(Tape *tape, Node *node) {
    const PreparedConv2d *settings = node->attributes;
    const Tensor *prepared = prepared_of(tape, node);
    ConvShape s = shape_of(node);
    float *y = node->output[0]->data;
    bool pools = settings->max_pool && prepared && conv_winograd_pools(&s, prepared);
    if (pools || !settings->max_pool)
        return convolve_prepared(tape, node, &s, pools, y);
    const Tensor *bias = node->input[2];
    if (settings->conv.relu && conv_single_channel_fits(&s))
        return conv_single_channel_forward_pooled(
            tape, &s, node->input[0]->data, node->input[1]->data, bias ? bias->data : NULL, y);
    float *whole = tape_borrow(tape, conv_y_size(&s) * s.n);
    if (!whole || convolve_prepared(tape, node, &s, false, whole))
        return -1;
    PoolShape pool = {s.out_h, s.out_w, s.o, s.out_h / 2, s.out_w / 2, 2, 2, 0};
    size_t pooled = (size_t)pool.out_h * pool.out_w * pool.c;
#pragma omp parallel for
    for (int image = 0; image < s.n; image++)
        KERNELS(pool)->maximum(&pool, whole + conv_y_size(&s) * image, y + pooled * image, NULL);
    tape_release(tape, whole);
    return 0;
}

Tensor *op_conv2d_prepared(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias, Tensor *prepared,
                           Conv2d settings, bool max_pool) {
    static const Operator prepared_operator = {"conv2d", prepared_infer, prepared_forward, NULL};
    Tensor *inputs[] = {x, weight, bias, prepared};
    PreparedConv2d all = {settings, max_pool};
    Node *node = tape_apply(tape, &prepared_operator, 1, 4, 2, inputs, &all, sizeof all);
    return node ? node->output[0] : NULL;
}
