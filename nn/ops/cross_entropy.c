/* cross_entropy.c: loss = Σ_rows Σ_c w_c t_c (lse(z) - z_c) / D, with lse(z) = log Σ exp z, target
 * t = (1 - s) target + s / K under label smoothing s (Szegedy et al. 2016), class weights w, and D
 * the sum of the labels' weights, or the number of rows for soft targets (both as in PyTorch).
 *
 * dz_c = dloss / D (p_c Σ_k w_k t_k - w_c t_c), with p = exp(z - lse(z)). */
#include "nn/kernels/vector_math.h"
#include "nn/ops/operators_internal.h"

#include <string.h>

typedef struct CrossEntropyState {
    CrossEntropy settings;
    int64_t rows;
    int classes;
} CrossEntropyState;

/* What backward needs again. */
typedef struct Saved {
    float *log_sum; /* (rows) */
    double inverse_denominator;
} Saved;

static int cross_entropy_infer(Node *node, Error *error) {
    const CrossEntropyState *s = node->attributes;
    if (s->classes < 1 || (!s->settings.labels && !s->settings.targets))
        return operator_reject(node, error, "logits (…,K) with K > 0, and labels or targets");
    for (int64_t row = 0; s->settings.labels && row < s->rows; row++) {
        int32_t label = s->settings.labels[row];
        if (label != CROSS_ENTROPY_IGNORE && (label < 0 || label >= s->classes))
            return error_set(error, "cross_entropy: label %d in row %lld; expected 0 … %d", label,
                             (long long)row, s->classes - 1);
    }
    node->output[0]->shape = shape_scalar();
    return 0;
}

static float class_weight(const CrossEntropyState *s, int k) {
    return s->settings.class_weights ? s->settings.class_weights[k] : 1;
}

static bool ignored(const CrossEntropyState *s, int64_t row) {
    return s->settings.labels && s->settings.labels[row] == CROSS_ENTROPY_IGNORE;
}

/* w_c t_c */
static float weighted_target(const CrossEntropyState *s, int64_t row, int k) {
    float target = s->settings.labels ? s->settings.labels[row] == k
                                      : s->settings.targets[row * s->classes + k];
    float smoothing = s->settings.label_smoothing;
    return class_weight(s, k) * ((1 - smoothing) * target + smoothing / (float)s->classes);
}

static double row_loss(const CrossEntropyState *s, int64_t row, const float *logits,
                       float log_sum) {
    if (s->settings.labels && s->settings.label_smoothing == 0) {
        int label = s->settings.labels[row];
        return (double)class_weight(s, label) * (log_sum - logits[label]);
    }
    double loss = 0;
    for (int k = 0; k < s->classes; k++)
        loss += (double)weighted_target(s, row, k) * (log_sum - logits[k]);
    return loss;
}

static double denominator(const CrossEntropyState *s) {
    if (!s->settings.labels)
        return (double)s->rows;
    double sum = 0;
    for (int64_t row = 0; row < s->rows; row++)
        sum += ignored(s, row) ? 0 : class_weight(s, s->settings.labels[row]);
    return sum;
}

static int cross_entropy_forward(Tape *tape, Node *node) {
    const CrossEntropyState *s = node->attributes;
    const float *logits = node->input[0]->data;
    Saved *saved = tape_alloc(tape, sizeof *saved);
    if (!saved || !(saved->log_sum = tape_alloc(tape, (size_t)s->rows * sizeof(float))))
        return -1;
    node->saved = saved;
    const VectorMathKernels *kernels = KERNELS(vector_math);
#pragma omp parallel for
    for (int64_t row = 0; row < s->rows; row++)
        saved->log_sum[row] = kernels->log_sum_exp(logits + row * s->classes, s->classes);
    double loss = 0;
    for (int64_t row = 0; row < s->rows; row++)
        if (!ignored(s, row))
            loss += row_loss(s, row, logits + row * s->classes, saved->log_sum[row]);
    double total = denominator(s);
    saved->inverse_denominator = total > 0 ? 1 / total : 0;
    node->output[0]->data[0] = (float)(loss * saved->inverse_denominator);
    return 0;
}

/* Writes the row's gradient for a loss gradient of `scale` into dz. */
static void row_gradient(const CrossEntropyState *s, int64_t row, const float *logits,
                         float log_sum, float scale, float *dz) {
    if (ignored(s, row)) {
        memset(dz, 0, (size_t)s->classes * sizeof *dz);
        return;
    }
    KERNELS(vector_math)->exp_minus(dz, logits, log_sum, s->classes);
    if (s->settings.labels && s->settings.label_smoothing == 0) {
        float weight = class_weight(s, s->settings.labels[row]);
        for (int k = 0; k < s->classes; k++)
            dz[k] *= scale * weight;
        dz[s->settings.labels[row]] -= scale * weight;
        return;
    }
    float total = 0;
    for (int k = 0; k < s->classes; k++)
        total += weighted_target(s, row, k);
    for (int k = 0; k < s->classes; k++)
        dz[k] = scale * (total * dz[k] - weighted_target(s, row, k));
}

static int cross_entropy_backward(Tape *tape, Node *node) {
    const CrossEntropyState *s = node->attributes;
    const Saved *saved = node->saved;
    const float *logits = node->input[0]->data;
    float scale = (float)(node->output[0]->gradient[0] * saved->inverse_denominator);
    GradientSlot dz = tape_gradient(tape, node->input[0]);
    if (!dz.data)
        return 0;
    float *part = dz.add ? tape_borrow(tape, (size_t)(s->rows * s->classes)) : dz.data;
    if (!part)
        return -1;
#pragma omp parallel for
    for (int64_t row = 0; row < s->rows; row++) {
        int64_t start = row * s->classes;
        row_gradient(s, row, logits + start, saved->log_sum[row], scale, part + start);
        for (int64_t i = start; dz.add && i < start + s->classes; i++)
            dz.data[i] += part[i];
    }
    if (dz.add)
        tape_release(tape, part);
    return 0;
}

const Operator cross_entropy_operator = {"cross_entropy", cross_entropy_infer,
                                         cross_entropy_forward, cross_entropy_backward};

/* A copy of `count` elements in the tape's memory; NULL for NULL. */
static const void *keep(Tape *tape, const void *array, int64_t count, size_t size) {
    void *copy = array ? tape_alloc(tape, (size_t)count * size) : NULL;
    return copy ? memcpy(copy, array, (size_t)count * size) : NULL;
}

Tensor *op_cross_entropy(Tape *tape, Tensor *logits, CrossEntropy settings) {
    if (!logits)
        return NULL;
    CrossEntropyState s = {settings, shape_rows(logits->shape), shape_columns(logits->shape)};
    s.settings.labels = keep(tape, settings.labels, s.rows, sizeof *settings.labels);
    s.settings.targets =
        settings.labels ? NULL : keep(tape, settings.targets, s.rows * s.classes, sizeof(float));
    s.settings.class_weights = keep(tape, settings.class_weights, s.classes, sizeof(float));
    return tape_apply1(tape, &cross_entropy_operator, 1, &logits, &s, sizeof s);
}
