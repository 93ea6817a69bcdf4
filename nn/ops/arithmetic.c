/* arithmetic.c: sums, differences, products and quotients, with broadcasting. */
#include "nn/ops/operators_internal.h"

typedef enum Arithmetic { ADD, SUB, MUL, DIV } Arithmetic;

/* How to walk two inputs along the output: rows of `columns` elements; a stride of 0 stands
 * still. */
typedef struct Walk {
    int n_dims; /* of the rows: all of the output's dimensions but the last */
    int size[TENSOR_MAX_DIMS];
    int64_t stride[2][TENSOR_MAX_DIMS];
    int64_t rows, columns, step[2];
} Walk;

/* Inputs of the output's own shape are walked as one long vector cut into rows of this length. */
enum { FLAT_ROW = 4096 };

static Walk walk_of(Shape y, Shape a, Shape b) {
    const Shape input[2] = {a, b};
    Walk walk = {
        .n_dims = y.n_dims ? y.n_dims - 1 : 0, .rows = shape_rows(y), .columns = shape_columns(y)};
    for (int k = 0; k < 2; k++) {
        int64_t step = 1;
        for (int i = y.n_dims - 1, j = input[k].n_dims - 1; i >= 0; i--, j--) {
            int size = j >= 0 ? input[k].size[j] : 1;
            int64_t stride = size == 1 ? 0 : step;
            step *= size;
            walk.size[i] = y.size[i];
            if (i == y.n_dims - 1)
                walk.step[k] = stride;
            else
                walk.stride[k][i] = stride;
        }
    }
    return walk;
}

static int64_t row_start(const Walk *walk, int input, int64_t row) {
    int64_t offset = 0;
    for (int i = walk->n_dims - 1; i >= 0; i--) {
        offset += row % walk->size[i] * walk->stride[input][i];
        row /= walk->size[i];
    }
    return offset;
}

static int infer_broadcast(Node *node, Error *error) {
    const Shape a = node->input[0]->shape, b = node->input[1]->shape;
    Shape *y = &node->output[0]->shape;
    y->n_dims = a.n_dims > b.n_dims ? a.n_dims : b.n_dims;
    for (int i = 1; i <= y->n_dims; i++) {
        int size_a = i <= a.n_dims ? a.size[a.n_dims - i] : 1;
        int size_b = i <= b.n_dims ? b.size[b.n_dims - i] : 1;
        if (size_a != size_b && size_a != 1 && size_b != 1)
            return operator_reject(node, error,
                                   "sizes that are equal or 1, aligned at the last dimension");
        y->size[y->n_dims - i] = size_a == 1 ? size_b : size_a;
    }
    return 0;
}

static void compute_row(Arithmetic kind, float *y, const float *a, int64_t step_a, const float *b,
                        int64_t step_b, int64_t count) {
    switch (kind) {
    case ADD:
        for (int64_t i = 0; i < count; i++)
            y[i] = a[i * step_a] + b[i * step_b];
        break;
    case SUB:
        for (int64_t i = 0; i < count; i++)
            y[i] = a[i * step_a] - b[i * step_b];
        break;
    case MUL:
        for (int64_t i = 0; i < count; i++)
            y[i] = a[i * step_a] * b[i * step_b];
        break;
    case DIV:
        for (int64_t i = 0; i < count; i++)
            y[i] = a[i * step_a] / b[i * step_b];
        break;
    }
}

/* y = a op b, element by element along the walk. Constant steps let the compiler make vectors of
 * it. */
static void compute(Arithmetic kind, const Walk *walk, float *y, const float *a, const float *b) {
    int64_t blocks = (walk->columns + FLAT_ROW - 1) / FLAT_ROW;
#pragma omp parallel for
    for (int64_t block = 0; block < walk->rows * blocks; block++) {
        int64_t row = block / blocks, column = block % blocks * FLAT_ROW;
        int64_t count = walk->columns - column < FLAT_ROW ? walk->columns - column : FLAT_ROW;
        const float *from_a = a + row_start(walk, 0, row) + column * walk->step[0];
        const float *from_b = b + row_start(walk, 1, row) + column * walk->step[1];
        float *to = y + row * walk->columns + column;
        if (walk->step[0] && walk->step[1])
            compute_row(kind, to, from_a, 1, from_b, 1, count);
        else if (walk->step[0])
            compute_row(kind, to, from_a, 1, from_b, 0, count);
        else
            compute_row(kind, to, from_a, 0, from_b, walk->step[1], count);
    }
}

/* The dimensions of y along which the input was stretched. */
static unsigned stretched_axes(Shape y, Shape input) {
    unsigned axes = 0;
    for (int i = 1; i <= y.n_dims; i++)
        if (i > input.n_dims || input.size[input.n_dims - i] != y.size[y.n_dims - i])
            axes |= 1u << (y.n_dims - i);
    return axes;
}

/* Gives `factor` * part, which has y's shape, to an input's gradient: summed where it was
 * stretched. */
static void give(GradientSlot slot, const float *part, Shape y, unsigned axes, float factor) {
    if (axes) {
        sum_over(part, y, axes, factor, slot.data, slot.add);
        return;
    }
    int64_t count = shape_count(y);
#pragma omp parallel for
    for (int64_t i = 0; i < count; i++)
        slot.data[i] = (slot.add ? slot.data[i] : 0) + factor * part[i];
}

static int forward(Node *node, Arithmetic kind) {
    const Tensor *a = node->input[0], *b = node->input[1], *y = node->output[0];
    Walk walk = walk_of(y->shape, a->shape, b->shape);
    compute(kind, &walk, y->data, a->data, b->data);
    return 0;
}

/* y = a ± b: da = dy, db = ±dy. */
static int backward_of_sum(Tape *tape, Node *node, float sign) {
    const Tensor *y = node->output[0];
    for (int k = 0; k < 2; k++) {
        GradientSlot slot = tape_gradient(tape, node->input[k]);
        if (slot.data)
            give(slot, y->gradient, y->shape, stretched_axes(y->shape, node->input[k]->shape),
                 k ? sign : 1);
    }
    return 0;
}

/* part = dy op other (y's shape op the other input's). */
static void local_gradient(Arithmetic kind, float *part, const Tensor *y, const float *dy,
                           const Tensor *other) {
    Walk walk = walk_of(y->shape, y->shape, other->shape);
    compute(kind, &walk, part, dy, other->data);
}

static int add_forward(Tape *tape, Node *node) {
    (void)tape;
    return forward(node, ADD);
}

static int add_backward(Tape *tape, Node *node) {
    return backward_of_sum(tape, node, 1);
}

const Operator add_operator = {"add", infer_broadcast, add_forward, add_backward};

Tensor *op_add(Tape *tape, Tensor *a, Tensor *b) {
    return tape_apply1(tape, &add_operator, 2, (Tensor *[]){a, b}, NULL, 0);
}

static int sub_forward(Tape *tape, Node *node) {
    (void)tape;
    return forward(node, SUB);
}

static int sub_backward(Tape *tape, Node *node) {
    return backward_of_sum(tape, node, -1);
}

const Operator sub_operator = {"sub", infer_broadcast, sub_forward, sub_backward};

Tensor *op_sub(Tape *tape, Tensor *a, Tensor *b) {
    return tape_apply1(tape, &sub_operator, 2, (Tensor *[]){a, b}, NULL, 0);
}

static int mul_forward(Tape *tape, Node *node) {
    (void)tape;
    return forward(node, MUL);
}

/* y = a b: da = dy b, db = dy a. */
static int mul_backward(Tape *tape, Node *node) {
    const Tensor *y = node->output[0];
    float *part = tape_borrow(tape, tensor_count(y));
    if (!part)
        return -1;
    for (int k = 0; k < 2; k++) {
        GradientSlot slot = tape_gradient(tape, node->input[k]);
        if (!slot.data)
            continue;
        local_gradient(MUL, part, y, y->gradient, node->input[1 - k]);
        give(slot, part, y->shape, stretched_axes(y->shape, node->input[k]->shape), 1);
    }
    tape_release(tape, part);
    return 0;
}

const Operator mul_operator = {"mul", infer_broadcast, mul_forward, mul_backward};

Tensor *op_mul(Tape *tape, Tensor *a, Tensor *b) {
    return tape_apply1(tape, &mul_operator, 2, (Tensor *[]){a, b}, NULL, 0);
}

static int div_forward(Tape *tape, Node *node) {
    (void)tape;
    return forward(node, DIV);
}

/* y = a / b: da = dy / b, db = -dy y / b. */
static int div_backward(Tape *tape, Node *node) {
    const Tensor *y = node->output[0], *b = node->input[1];
    float *part = tape_borrow(tape, tensor_count(y));
    if (!part)
        return -1;
    local_gradient(DIV, part, y, y->gradient, b);
    GradientSlot da = tape_gradient(tape, node->input[0]);
    if (da.data)
        give(da, part, y->shape, stretched_axes(y->shape, node->input[0]->shape), 1);
    GradientSlot db = tape_gradient(tape, node->input[1]);
    if (db.data) {
        local_gradient(MUL, part, y, part, y);
        give(db, part, y->shape, stretched_axes(y->shape, b->shape), -1);
    }
    tape_release(tape, part);
    return 0;
}

const Operator div_operator = {"div", infer_broadcast, div_forward, div_backward};

Tensor *op_div(Tape *tape, Tensor *a, Tensor *b) {
    return tape_apply1(tape, &div_operator, 2, (Tensor *[]){a, b}, NULL, 0);
}

/* ---- scale: y = factor x + offset; dx = factor dy ---- */

typedef struct Scale {
    float factor, offset;
} Scale;

static int scale_forward(Tape *tape, Node *node) {
    (void)tape;
    const Scale scale = *(const Scale *)node->attributes;
    const float *x = node->input[0]->data;
    float *y = node->output[0]->data;
    int64_t count = (int64_t)tensor_count(node->input[0]);
#pragma omp parallel for
    for (int64_t i = 0; i < count; i++)
        y[i] = scale.factor * x[i] + scale.offset;
    return 0;
}

static int scale_backward(Tape *tape, Node *node) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (dx.data)
        give(dx, node->output[0]->gradient, node->output[0]->shape, 0,
             ((const Scale *)node->attributes)->factor);
    return 0;
}

const Operator scale_operator = {"scale", infer_same, scale_forward, scale_backward};

Tensor *op_scale(Tape *tape, Tensor *x, float factor, float offset) {
    Scale scale = {factor, offset};
    return tape_apply1(tape, &scale_operator, 1, &x, &scale, sizeof scale);
}
