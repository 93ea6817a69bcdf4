/* shape.c: joining, cutting and reordering. */
#include "nn/ops/operators_internal.h"

#include <stdio.h>
#include <string.h>

/* Copies (or adds) `rows` runs of `count` floats whose starts lie `to_step` and `from_step`
 * apart. */
static void copy_runs(float *to, int64_t to_step, const float *from, int64_t from_step,
                      int64_t rows, int64_t count, bool add) {
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        float *target = to + row * to_step;
        const float *source = from + row * from_step;
        if (!add)
            memcpy(target, source, (size_t)count * sizeof *to);
        for (int64_t i = 0; add && i < count; i++)
            target[i] += source[i];
    }
}

/* Elements before and from dimension `axis` on: (outer, inner). */
typedef struct Split {
    int64_t outer, inner;
} Split;

static Split split_at(Shape s, int axis) {
    Split split = {1, 1};
    for (int i = 0; i < s.n_dims; i++)
        *(i < axis ? &split.outer : &split.inner) *= s.size[i];
    return split;
}

/* ---- concat: y is x0, x1, … side by side along the axis; each dx is its part of dy ---- */

static int concat_infer(Node *node, Error *error) {
    int axis = *(const int *)node->attributes;
    Shape y = node->input[0]->shape;
    if (axis < 0 || axis >= y.n_dims)
        return operator_reject(node, error, "an axis that the inputs have");
    for (int i = 1; i < node->n_inputs; i++) {
        Shape other = node->input[i]->shape;
        int64_t joined = (int64_t)y.size[axis] + (axis < other.n_dims ? other.size[axis] : 0);
        y.size[axis] = axis < other.n_dims ? other.size[axis] : 0;
        if (!shape_equal(y, other) || joined > INT32_MAX)
            return operator_reject(node, error, "inputs whose sizes differ along the axis only");
        y.size[axis] = (int)joined;
    }
    node->output[0]->shape = y;
    return 0;
}

static int concat_forward(Tape *tape, Node *node) {
    (void)tape;
    int axis = *(const int *)node->attributes;
    int64_t whole = split_at(node->output[0]->shape, axis).inner;
    float *y = node->output[0]->data;
    for (int i = 0; i < node->n_inputs; i++) {
        Split part = split_at(node->input[i]->shape, axis);
        copy_runs(y, whole, node->input[i]->data, part.inner, part.outer, part.inner, false);
        y += part.inner;
    }
    return 0;
}

static int concat_backward(Tape *tape, Node *node) {
    int axis = *(const int *)node->attributes;
    int64_t whole = split_at(node->output[0]->shape, axis).inner;
    const float *dy = node->output[0]->gradient;
    for (int i = 0; i < node->n_inputs; i++) {
        Split part = split_at(node->input[i]->shape, axis);
        GradientSlot dx = tape_gradient(tape, node->input[i]);
        if (dx.data)
            copy_runs(dx.data, part.inner, dy, whole, part.outer, part.inner, dx.add);
        dy += part.inner;
    }
    return 0;
}

const Operator concat_operator = {"concat", concat_infer, concat_forward, concat_backward};

Tensor *op_concat(Tape *tape, Tensor *const *inputs, int n_inputs, int axis) {
    return tape_apply1(tape, &concat_operator, n_inputs, inputs, &axis, sizeof axis);
}

/* ---- slice: y = x[…, start … start + length - 1, …]; dx = dy there, 0 elsewhere ---- */

typedef struct Slice {
    int axis, start, length;
} Slice;

static int slice_infer(Node *node, Error *error) {
    const Slice slice = *(const Slice *)node->attributes;
    Shape s = node->input[0]->shape;
    if (slice.axis < 0 || slice.axis >= s.n_dims || slice.start < 0 || slice.length < 0 ||
        slice.length > s.size[slice.axis] - slice.start)
        return operator_reject(node, error, "an axis that x has, and a part that lies inside it");
    s.size[slice.axis] = slice.length;
    node->output[0]->shape = s;
    return 0;
}

static int slice_forward(Tape *tape, Node *node) {
    (void)tape;
    const Slice slice = *(const Slice *)node->attributes;
    Split whole = split_at(node->input[0]->shape, slice.axis),
          part = split_at(node->output[0]->shape, slice.axis);
    int64_t step = split_at(node->input[0]->shape, slice.axis + 1).inner;
    copy_runs(node->output[0]->data, part.inner, node->input[0]->data + slice.start * step,
              whole.inner, part.outer, part.inner, false);
    return 0;
}

static int slice_backward(Tape *tape, Node *node) {
    const Slice slice = *(const Slice *)node->attributes;
    Split whole = split_at(node->input[0]->shape, slice.axis),
          part = split_at(node->output[0]->shape, slice.axis);
    int64_t step = split_at(node->input[0]->shape, slice.axis + 1).inner;
    float *dx = tape_gradient_to_add(tape, node->input[0]);
    if (dx)
        copy_runs(dx + slice.start * step, whole.inner, node->output[0]->gradient, part.inner,
                  part.outer, part.inner, true);
    return 0;
}

const Operator slice_operator = {"slice", slice_infer, slice_forward, slice_backward};

Tensor *op_slice(Tape *tape, Tensor *x, int axis, int start, int length) {
    Slice slice = {axis, start, length};
    return tape_apply1(tape, &slice_operator, 1, &x, &slice, sizeof slice);
}

/* ---- reshape: y shares x's data; dx = dy ---- */

static int reshape_infer(Node *node, Error *error) {
    Shape s = *(const Shape *)node->attributes;
    int64_t count = shape_count(node->input[0]->shape), known = 1;
    int open = -1, n_open = 0;
    for (int i = 0; i < s.n_dims; i++)
        if (s.size[i] == -1) {
            open = i;
            n_open++;
        }
    if (n_open == 1) {
        s.size[open] = 1;
        known = shape_count(s);
        int64_t size = known > 0 && count % known == 0 ? count / known : -1;
        s.size[open] = size <= INT32_MAX ? (int)size : -1;
    }
    if (shape_count(s) != count) {
        char text[SHAPE_TEXT], expected[SHAPE_TEXT + 32];
        snprintf(expected, sizeof expected, "as many elements as in %s",
                 shape_text(*(const Shape *)node->attributes, text));
        return operator_reject(node, error, expected);
    }
    node->output[0]->shape = s;
    tensor_share(node->output[0], node->input[0]);
    return 0;
}

static int reshape_forward(Tape *tape, Node *node) {
    (void)tape;
    (void)node;
    return 0;
}

static int reshape_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    int64_t rows = shape_rows(node->input[0]->shape),
            columns = shape_columns(node->input[0]->shape);
    if (dx.data)
        copy_runs(dx.data, columns, node->output[0]->gradient, columns, rows, columns, dx.add);
    return 0;
}

const Operator reshape_operator = {"reshape", reshape_infer, reshape_forward, reshape_backward};

Tensor *op_reshape(Tape *tape, Tensor *x, Shape s) {
    return tape_apply1(tape, &reshape_operator, 1, &x, &s, sizeof s);
}

/* ---- transpose: y[i…] = x[j…] with i_d = j_order[d]; dx is dy in the inverse order ---- */

typedef struct Order {
    int n_dims, order[TENSOR_MAX_DIMS];
} Order;

static int transpose_infer(Node *node, Error *error) {
    const Order *order = node->attributes;
    const Shape x = node->input[0]->shape;
    unsigned seen = 0;
    node->output[0]->shape = x;
    for (int i = 0; i < x.n_dims; i++) {
        int from = order->order[i];
        if (from < 0 || from >= x.n_dims || seen >> from & 1)
            return operator_reject(node, error, "an order that names each dimension of x once");
        seen |= 1u << from;
        node->output[0]->shape.size[i] = x.size[from];
    }
    return 0;
}

/* to[i…] (+)= from[i · stride] for every index of `s`, the shape of `to`. */
static void gather(float *to, Shape s, const float *from, const int64_t *stride, bool add) {
    int64_t rows = shape_rows(s), columns = shape_columns(s),
            step = s.n_dims ? stride[s.n_dims - 1] : 1;
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        const float *source = from;
        int64_t index = row;
        for (int i = s.n_dims - 2; i >= 0; i--) {
            source += index % s.size[i] * stride[i];
            index /= s.size[i];
        }
        float *target = to + row * columns;
        for (int64_t i = 0; i < columns; i++)
            target[i] = (add ? target[i] : 0) + source[i * step];
    }
}

static void strides_of(Shape s, int64_t *stride) {
    int64_t step = 1;
    for (int i = s.n_dims - 1; i >= 0; i--) {
        stride[i] = step;
        step *= s.size[i];
    }
}

static int transpose_forward(Tape *tape, Node *node) {
    (void)tape;
    const Order *order = node->attributes;
    int64_t stride[TENSOR_MAX_DIMS], permuted[TENSOR_MAX_DIMS];
    strides_of(node->input[0]->shape, stride);
    for (int i = 0; i < order->n_dims; i++)
        permuted[i] = stride[order->order[i]];
    gather(node->output[0]->data, node->output[0]->shape, node->input[0]->data, permuted, false);
    return 0;
}

static int transpose_backward(Tape *tape, Node *node) {
    const Order *order = node->attributes;
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (!dx.data)
        return 0;
    int64_t stride[TENSOR_MAX_DIMS], permuted[TENSOR_MAX_DIMS];
    strides_of(node->output[0]->shape, stride);
    for (int i = 0; i < order->n_dims; i++)
        permuted[order->order[i]] = stride[i];
    gather(dx.data, node->input[0]->shape, node->output[0]->gradient, permuted, dx.add);
    return 0;
}

const Operator transpose_operator = {"transpose", transpose_infer, transpose_forward,
                                     transpose_backward};

Tensor *op_transpose(Tape *tape, Tensor *x, const int *order) {
    if (!x)
        return NULL;
    Order copy = {.n_dims = x->shape.n_dims};
    memcpy(copy.order, order, (size_t)copy.n_dims * sizeof *order);
    return tape_apply1(tape, &transpose_operator, 1, &x, &copy, sizeof copy);
}
