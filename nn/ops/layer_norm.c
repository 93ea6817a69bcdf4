/* layer_norm.c: over the last dimension (Ba, Kiros and Hinton 2016): with the row's mean m and
 * biased variance v, r = 1 / sqrt(v + ε) and n = (x - m) r:
 *
 *     y = n weight + bias     dweight = Σ_rows dy n     dbias = Σ_rows dy
 *     dx = r (g - mean(g) - n mean(g n)), g = dy weight */
#include "nn/ops/operators_internal.h"

#include <math.h>

enum { INPUT, WEIGHT, BIAS, INPUTS };

static int layer_norm_infer(Node *node, Error *error) {
    Shape x = node->input[INPUT]->shape, columns = shape(shape_columns(x));
    if (x.n_dims < 1 || columns.size[0] < 1 || !shape_equal(node->input[WEIGHT]->shape, columns) ||
        !shape_equal(node->input[BIAS]->shape, columns))
        return operator_reject(node, error, "x (…,C) with C > 0, weight (C), bias (C)");
    return infer_same(node, error);
}

/* A row's mean and 1 / sqrt(variance + ε). */
typedef struct Statistics {
    float mean, scale;
} Statistics;

static Statistics statistics(const float *x, int count, float epsilon) {
    double mean = 0, variance = 0;
    for (int i = 0; i < count; i++)
        mean += x[i];
    mean /= count;
    for (int i = 0; i < count; i++)
        variance += (x[i] - mean) * (x[i] - mean);
    return (Statistics){(float)mean, (float)(1 / sqrt(variance / count + epsilon))};
}

static int layer_norm_forward(Tape *tape, Node *node) {
    const float *x = node->input[INPUT]->data, *weight = node->input[WEIGHT]->data,
                *bias = node->input[BIAS]->data;
    int64_t rows = shape_rows(node->input[INPUT]->shape);
    int columns = shape_columns(node->input[INPUT]->shape);
    float epsilon = *(const float *)node->attributes;
    Statistics *saved = tape_alloc(tape, (size_t)rows * sizeof *saved);
    if (!saved)
        return -1;
    node->saved = saved;
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        const float *from = x + row * columns;
        float *y = node->output[0]->data + row * columns;
        Statistics s = saved[row] = statistics(from, columns, epsilon);
        for (int i = 0; i < columns; i++)
            y[i] = (from[i] - s.mean) * s.scale * weight[i] + bias[i];
    }
    return 0;
}

/* `part` receives dy n, from which dweight is summed. */
static void row_backward(Statistics s, int columns, const float *x, const float *weight,
                         const float *dy, float *part, float *dx, bool add) {
    double mean_g = 0, mean_gn = 0;
    for (int i = 0; i < columns; i++) {
        float n = (x[i] - s.mean) * s.scale;
        part[i] = dy[i] * n;
        mean_g += (double)dy[i] * weight[i];
        mean_gn += (double)dy[i] * weight[i] * n;
    }
    mean_g /= columns;
    mean_gn /= columns;
    for (int i = 0; dx && i < columns; i++) {
        float n = (x[i] - s.mean) * s.scale;
        dx[i] =
            (add ? dx[i] : 0) + s.scale * (dy[i] * weight[i] - (float)mean_g - n * (float)mean_gn);
    }
}

static int layer_norm_backward(Tape *tape, Node *node) {
    const float *x = node->input[INPUT]->data, *weight = node->input[WEIGHT]->data;
    const float *dy = node->output[0]->gradient;
    const Statistics *saved = node->saved;
    int64_t rows = shape_rows(node->input[INPUT]->shape);
    int columns = shape_columns(node->input[INPUT]->shape);
    float *part = tape_borrow(tape, (size_t)(rows * columns));
    if (!part)
        return -1;
    GradientSlot dx = tape_gradient(tape, node->input[INPUT]);
#pragma omp parallel for
    for (int64_t row = 0; row < rows; row++) {
        int64_t at = row * columns;
        row_backward(saved[row], columns, x + at, weight, dy + at, part + at,
                     dx.data ? dx.data + at : NULL, dx.add);
    }
    const Shape folded = shape((int)rows, columns);
    GradientSlot dweight = tape_gradient(tape, node->input[WEIGHT]);
    if (dweight.data)
        sum_over(part, folded, 1, 1, dweight.data, dweight.add);
    GradientSlot dbias = tape_gradient(tape, node->input[BIAS]);
    if (dbias.data)
        sum_over(dy, folded, 1, 1, dbias.data, dbias.add);
    tape_release(tape, part);
    return 0;
}

const Operator layer_norm_operator = {"layer_norm", layer_norm_infer, layer_norm_forward,
                                      layer_norm_backward};

Tensor *op_layer_norm(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias, float epsilon) {
    return tape_apply1(tape, &layer_norm_operator, INPUTS, (Tensor *[]){x, weight, bias}, &epsilon,
                       sizeof epsilon);
}
