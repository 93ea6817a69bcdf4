/* reduce.c: sums and means over chosen dimensions. */
#include "nn/kernels/vector_math.h"
#include "nn/ops/operators_internal.h"

#include <string.h>

/* Neighbouring dimensions that are both summed or both kept count as one; what is left
 * alternates. */
typedef struct Folded {
    int n_dims;
    int64_t size[TENSOR_MAX_DIMS];
    bool summed[TENSOR_MAX_DIMS];
} Folded;

static Folded fold(Shape s, unsigned axes) {
    Folded f = {.n_dims = 0};
    for (int i = 0; i < s.n_dims; i++) {
        bool summed = axes >> i & 1;
        if (s.size[i] == 1)
            continue;
        if (f.n_dims && f.summed[f.n_dims - 1] == summed) {
            f.size[f.n_dims - 1] *= s.size[i];
        } else {
            f.size[f.n_dims] = s.size[i];
            f.summed[f.n_dims++] = summed;
        }
    }
    return f;
}

/* One output block: `width` neighbouring outputs (or a single one when the last dimension is
 * summed), starting at x, summed over the folded dimensions `dim` and on that are marked. */
enum { WIDTH = 512 };

static void add_block(const Folded *f, const int64_t *stride, int dim, const float *x, int width,
                      double *total) {
    while (dim < f->n_dims && !f->summed[dim])
        dim++;
    if (dim == f->n_dims) {
        KERNELS(vector_math)->accumulate(total, x, width);
    } else if (dim == f->n_dims - 1) {
        for (int64_t i = 0; i < f->size[dim]; i++)
            total[0] += x[i];
    } else {
        for (int64_t i = 0; i < f->size[dim]; i++)
            add_block(f, stride, dim + 1, x + i * stride[dim], width, total);
    }
}

void sum_over(const float *x, Shape s, unsigned axes, float factor, float *out, bool add) {
    Folded f = fold(s, axes);
    int64_t stride[TENSOR_MAX_DIMS], outputs = 1, step = 1;
    for (int i = f.n_dims - 1; i >= 0; i--) {
        stride[i] = step;
        step *= f.size[i];
        outputs *= f.summed[i] ? 1 : f.size[i];
    }
    bool last_kept = f.n_dims && !f.summed[f.n_dims - 1];
    int64_t row = last_kept ? f.size[f.n_dims - 1] : 1, blocks_in_row = (row + WIDTH - 1) / WIDTH;
    int64_t blocks = row ? outputs / row * blocks_in_row : 0;
#pragma omp parallel for
    for (int64_t block = 0; block < blocks; block++) {
        int64_t column = block % blocks_in_row * WIDTH, index = block / blocks_in_row;
        int width = row - column < WIDTH ? (int)(row - column) : WIDTH;
        float *target = out + index * row + column;
        int64_t offset = column;
        for (int i = f.n_dims - 1 - last_kept; i >= 0; i--)
            if (!f.summed[i]) {
                offset += index % f.size[i] * stride[i];
                index /= f.size[i];
            }
        double total[WIDTH];
        memset(total, 0, (size_t)width * sizeof *total);
        add_block(&f, stride, 0, x + offset, width, total);
        for (int i = 0; i < width; i++)
            target[i] = (add ? target[i] : 0) + factor * (float)total[i];
    }
}

/* sum: y = Σ x; dx = dy for every element summed. mean: the same over their number. */

static int infer_reduced(Node *node, Error *error) {
    unsigned axes = *(const unsigned *)node->attributes;
    const Shape x = node->input[0]->shape;
    if (axes >> x.n_dims)
        return operator_reject(node, error, "a bit in axes only for dimensions that x has");
    Shape *y = &node->output[0]->shape;
    for (int i = 0; i < x.n_dims; i++)
        if (!(axes >> i & 1))
            y->size[y->n_dims++] = x.size[i];
    return 0;
}

static float inverse_count(const Node *node) {
    return (float)tensor_count(node->output[0]) / (float)tensor_count(node->input[0]);
}

/* dx (of shape s) gets factor * dy, stretched over the summed dimensions. */
static void spread(const float *dy, Shape s, unsigned axes, float factor, GradientSlot dx) {
    int64_t stride[TENSOR_MAX_DIMS], step = 1; /* in dy; 0 along summed dimensions */
    for (int i = s.n_dims - 1; i >= 0; i--) {
        bool summed = axes >> i & 1;
        stride[i] = summed ? 0 : step;
        step *= summed ? 1 : s.size[i];
    }
    int64_t rows = shape_rows(s), columns = shape_columns(s),
            last = s.n_dims ? stride[s.n_dims - 1] : 0;
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        const float *from = dy;
        int64_t index = row;
        for (int i = s.n_dims - 2; i >= 0; i--) {
            from += index % s.size[i] * stride[i];
            index /= s.size[i];
        }
        float *to = dx.data + row * columns;
        for (int64_t i = 0; i < columns; i++)
            to[i] = (dx.add ? to[i] : 0) + factor * from[i * last];
    }
}

static int reduced_forward(const Node *node, float factor) {
    unsigned axes = *(const unsigned *)node->attributes;
    sum_over(node->input[0]->data, node->input[0]->shape, axes, factor, node->output[0]->data,
             false);
    return 0;
}

static int reduced_backward(Tape *tape, Node *node, float factor) {
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (dx.data)
        spread(node->output[0]->gradient, node->input[0]->shape,
               *(const unsigned *)node->attributes, factor, dx);
    return 0;
}

static int sum_forward(Tape *tape, Node *node) {
    (void)tape;
    return reduced_forward(node, 1);
}

static int sum_backward(Tape *tape, Node *node) {
    return reduced_backward(tape, node, 1);
}

const Operator sum_operator = {"sum", infer_reduced, sum_forward, sum_backward};

Tensor *op_sum(Tape *tape, Tensor *x, unsigned axes) {
    return tape_apply1(tape, &sum_operator, 1, &x, &axes, sizeof axes);
}

static int mean_forward(Tape *tape, Node *node) {
    (void)tape;
    return reduced_forward(node, inverse_count(node));
}

static int mean_backward(Tape *tape, Node *node) {
    return reduced_backward(tape, node, inverse_count(node));
}

const Operator mean_operator = {"mean", infer_reduced, mean_forward, mean_backward};

Tensor *op_mean(Tape *tape, Tensor *x, unsigned axes) {
    return tape_apply1(tape, &mean_operator, 1, &x, &axes, sizeof axes);
}
