/* batch_norm.c: batch normalisation (Ioffe and Szegedy, "Batch normalization: accelerating deep
 * network training by reducing internal covariate shift", 2015), with the ReLU that usually
 * follows.
 *
 * y = x̂ γ + β with x̂ = (x - mean) / √(variance + ε), computed as scale x + shift for each channel.
 * With g = dy (where the ReLU passed), m rows, and sums over them:
 *   dβ = Σ g,  dγ = Σ g x̂,  dx = scale (g - dβ / m - x̂ dγ / m)  while training, scale g otherwise.
 *
 * The batch may lie in several parts, each on its own tape (nn/core/joint.h): mean, variance and
 * the sums in dx are then those of all parts, m all their rows.
 *
 * The rows are processed in chunks of fixed size and the chunks' sums added in order in fp64, so
 * that the bits do not depend on the number of threads; variances are combined as in Chan, Golub
 * and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
 */
#include "nn/kernels/batch_norm.h"
#include "nn/ops/operators_internal.h"

#include <math.h>

/* What forward keeps: (C) each, and with max_pool, when a gradient is wanted, which x was the
 * maximum of each window: its value and its place (both of y's shape). */
typedef struct Saved {
    float *mean, *inverse_deviation, *scale, *shift;
    float *chosen;
    uint8_t *winner;
} Saved;

/* The rows of x and how they are split. */
typedef struct Rows {
    long count;
    int c;
    int chunks;
} Rows;

static Rows rows_of(const Tensor *x) {
    int c = x->shape.size[x->shape.n_dims - 1];
    long count = (long)(tensor_count(x) / c);
    return (Rows){count, c, (int)((count + BATCH_NORM_ROWS - 1) / BATCH_NORM_ROWS)};
}

static int chunk_rows(const Rows *rows, int chunk) {
    long rest = rows->count - (long)chunk * BATCH_NORM_ROWS;
    return rest < BATCH_NORM_ROWS ? (int)rest : BATCH_NORM_ROWS;
}

/* Index of a chunk's first element. */
static size_t chunk_start(const Rows *rows, int chunk) {
    return (size_t)chunk * BATCH_NORM_ROWS * rows->c;
}

/* What the parts of a batch exchange: rows, then two values for each channel. */
#define SUMS(c) (1 + 2 * (c))
static int sum_part(Tape *tape, Node *node, bool backward, double *sums);

static int infer(Node *node, Error *error) {
    const Shape *x = &node->input[0]->shape;
    char found[SHAPE_TEXT], text[SHAPE_TEXT];
    if (x->n_dims < 1 || tensor_count(node->input[0]) < 1)
        return error_set(error, "batch_norm: x %s: expected (…,C) with at least one element",
                         shape_text(*x, found));
    Shape channels = shape(x->size[x->n_dims - 1]);
    for (int i = 1; i < node->n_inputs; i++)
        if (!shape_equal(node->input[i]->shape, channels))
            return error_set(error, "batch_norm: %s is %s, expected %s for x %s",
                             node->input[i]->name, shape_text(node->input[i]->shape, text),
                             shape_text(channels, (char[SHAPE_TEXT]){0}), shape_text(*x, found));
    node->output[0]->shape = *x;
    node->n_sums = SUMS(channels.size[0]);
    node->sum_part = sum_part;
    const BatchNorm *settings = node->attributes;
    if (!settings->max_pool)
        return 0;
    if (x->n_dims != 4 || x->size[1] % 2 || x->size[2] % 2)
        return error_set(error,
                         "batch_norm: x %s: expected (N,H,W,C) with H and W even for max_pool",
                         shape_text(*x, found));
    node->output[0]->shape = shape(x->size[0], x->size[1] / 2, x->size[2] / 2, x->size[3]);
    return 0;
}

/* Mean and Σ (x - mean)² of `count` values. */
typedef struct Moments {
    double count, mean, squares;
} Moments;

static void merge(Moments *all, Moments more) {
    if (more.count <= 0)
        return;
    if (all->count <= 0) {
        *all = more;
        return;
    }
    double total = all->count + more.count, difference = more.mean - all->mean;
    all->mean += difference * more.count / total;
    all->squares += more.squares + difference * difference * all->count * more.count / total;
    all->count = total;
}

/* The moments of x, for each channel: `sums` of this part of the batch. */
static int sum_moments(Tape *tape, const Node *node, double *sums) {
    Rows rows = rows_of(node->input[0]);
    const float *x = node->input[0]->data;
    float *moments = tape_borrow(tape, (size_t)rows.chunks * 2 * rows.c);
    if (!moments)
        return -1;
#pragma omp parallel for
    for (int chunk = 0; chunk < rows.chunks; chunk++) {
        float *to = moments + (size_t)chunk * 2 * rows.c;
        KERNELS(batch_norm)
            ->moments(chunk_rows(&rows, chunk), rows.c, x + chunk_start(&rows, chunk), to,
                      to + rows.c);
    }
    sums[0] = (double)rows.count;
    for (int i = 0; i < rows.c; i++) {
        Moments all = {0};
        for (int chunk = 0; chunk < rows.chunks; chunk++) {
            const float *of_chunk = moments + (size_t)chunk * 2 * rows.c + i;
            merge(&all, (Moments){chunk_rows(&rows, chunk), of_chunk[0], of_chunk[rows.c]});
        }
        sums[1 + i] = all.mean;
        sums[1 + rows.c + i] = all.squares;
    }
    tape_release(tape, moments);
    return 0;
}

/* Fills saved->mean and ->inverse_deviation from all parts of the batch; a first look at it moves
 * the running statistics. */
static void use_batch_statistics(Tape *tape, const Node *node, int c, Saved *saved) {
    const BatchNorm *settings = node->attributes;
    float *running_mean = node->input[3]->data, *running_var = node->input[4]->data;
    PartSums parts = tape_sums(tape);
    double momentum = settings->momentum;
    for (int i = 0; i < c; i++) {
        Moments all = {0};
        for (int part = 0; part < parts.count; part++) {
            const double *sums = parts.values + (size_t)part * SUMS(c);
            merge(&all, (Moments){sums[0], sums[1 + i], sums[1 + c + i]});
        }
        saved->mean[i] = (float)all.mean;
        saved->inverse_deviation[i] =
            (float)(1 / sqrt(all.squares / all.count + settings->epsilon));
        if (tape_is_repeating(tape))
            continue;
        running_mean[i] = (float)((1 - momentum) * running_mean[i] + momentum * all.mean);
        double unbiased = all.squares / (all.count > 1 ? all.count - 1 : 1);
        running_var[i] = (float)((1 - momentum) * running_var[i] + momentum * unbiased);
    }
}

static void use_running_statistics(const Node *node, int c, Saved *saved) {
    const BatchNorm *settings = node->attributes;
    for (int i = 0; i < c; i++) {
        saved->mean[i] = node->input[3]->data[i];
        saved->inverse_deviation[i] = 1 / sqrtf(node->input[4]->data[i] + settings->epsilon);
    }
}

/* y = max(0, scale x + shift). */
static void normalise(const Node *node, ChannelAffine affine) {
    const float *x = node->input[0]->data;
    float *y = node->output[0]->data;
    Rows rows = rows_of(node->input[0]);
#pragma omp parallel for
    for (int chunk = 0; chunk < rows.chunks; chunk++) {
        size_t start = chunk_start(&rows, chunk);
        KERNELS(batch_norm)
            ->forward(chunk_rows(&rows, chunk), rows.c, x + start, affine, y + start);
    }
}

/* The same and 2×2 max pooling, a pair of image rows at a time. */
static void normalise_and_pool(const Node *node, ChannelAffine affine) {
    const Saved *saved = node->saved;
    const int *size = node->input[0]->shape.size;
    int pairs = size[0] * size[1] / 2, w = size[2], c = size[3];
    const float *x = node->input[0]->data;
    float *y = node->output[0]->data;
#pragma omp parallel for
    for (int pair = 0; pair < pairs; pair++) {
        size_t start = (size_t)pair * w * c, pooled = start / 2;
        bool keep = saved->winner;
        KERNELS(batch_norm)
            ->pool_forward(w, c, x + 2 * start, affine, y + pooled,
                           keep ? saved->chosen + pooled : NULL,
                           keep ? saved->winner + pooled : NULL);
    }
}

/* Allocates what forward keeps. */
static Saved *saved_create(Tape *tape, const Node *node, int c) {
    const BatchNorm *settings = node->attributes;
    Saved *saved = tape_alloc(tape, sizeof *saved);
    float *values = tape_alloc(tape, 4 * c * sizeof *values);
    if (!saved || !values)
        return NULL;
    *saved = (Saved){values, values + c, values + 2 * c, values + 3 * c, NULL, NULL};
    if (settings->max_pool && node->output[0]->needs_gradient) {
        size_t count = tensor_count(node->output[0]);
        saved->chosen = tape_alloc(tape, count * sizeof *saved->chosen);
        saved->winner = tape_alloc(tape, count);
        if (!saved->chosen || !saved->winner)
            return NULL;
    }
    return saved;
}

static int forward(Tape *tape, Node *node) {
    const BatchNorm *settings = node->attributes;
    const float *weight = node->input[1]->data, *bias = node->input[2]->data;
    Rows rows = rows_of(node->input[0]);
    Saved *saved = node->saved = saved_create(tape, node, rows.c);
    if (!saved)
        return -1;
    if (tape_is_training(tape))
        use_batch_statistics(tape, node, rows.c, saved);
    else
        use_running_statistics(node, rows.c, saved);
    for (int i = 0; i < rows.c; i++) {
        saved->scale[i] = weight[i] * saved->inverse_deviation[i];
        saved->shift[i] = bias[i] - saved->mean[i] * saved->scale[i];
    }
    ChannelAffine affine = {saved->scale, saved->shift, settings->relu};
    if (settings->max_pool)
        normalise_and_pool(node, affine);
    else
        normalise(node, affine);
    return 0;
}

/* Σ g and Σ g (x - mean) of this part, for each channel, and its rows. */
static int sum_gradients(Tape *tape, const Node *node, double *sums) {
    const BatchNorm *settings = node->attributes;
    const Saved *saved = node->saved;
    /* With max_pool only the x that were chosen have a g. */
    const float *x = settings->max_pool ? saved->chosen : node->input[0]->data;
    const float *dy = node->output[0]->gradient;
    Rows rows = rows_of(node->output[0]);
    ChannelAffine affine = {saved->scale, saved->shift, settings->relu};
    float *of_chunks = tape_borrow(tape, (size_t)rows.chunks * 2 * rows.c);
    if (!of_chunks)
        return -1;
#pragma omp parallel for
    for (int chunk = 0; chunk < rows.chunks; chunk++) {
        size_t start = chunk_start(&rows, chunk);
        float *to = of_chunks + (size_t)chunk * 2 * rows.c;
        KERNELS(batch_norm)
            ->backward_sums(chunk_rows(&rows, chunk), rows.c, x + start, dy + start, affine,
                            saved->mean, to, to + rows.c);
    }
    sums[0] = (double)rows_of(node->input[0]).count;
    for (int i = 0; i < 2 * rows.c; i++) {
        sums[1 + i] = 0;
        for (int chunk = 0; chunk < rows.chunks; chunk++)
            sums[1 + i] += of_chunks[(size_t)chunk * 2 * rows.c + i];
    }
    tape_release(tape, of_chunks);
    return 0;
}

static int sum_part(Tape *tape, Node *node, bool backward, double *sums) {
    return backward ? sum_gradients(tape, node, sums) : sum_moments(tape, node, sums);
}

/* Σ g / m or Σ g (x - mean) / m over the whole batch, on the scale of this part's g: each part's
 * loss is the mean over its examples. */
static double batch_mean(PartSums parts, int c, int i) {
    double own_rows = parts.values[(size_t)parts.own * SUMS(c)], sum = 0, rows = 0;
    for (int part = 0; part < parts.count; part++) {
        const double *sums = parts.values + (size_t)part * SUMS(c);
        sum += sums[0] / own_rows * sums[1 + i];
        rows += sums[0];
    }
    return sum / rows;
}

/* Writes this part's (C) gradients dβ and dγ, and with a and b (C) what dx = scale g + a x + b
 * needs. */
static void finish_sums(Tape *tape, const Node *node, const double *own, int c, float *a,
                        float *b) {
    const Saved *saved = node->saved;
    GradientSlot dweight = tape_gradient(tape, node->input[1]),
                 dbias = tape_gradient(tape, node->input[2]);
    for (int i = 0; i < c; i++) {
        double inverse = saved->inverse_deviation[i], scale = saved->scale[i];
        if (dweight.data)
            dweight.data[i] =
                (dweight.add ? dweight.data[i] : 0) + (float)(own[1 + c + i] * inverse);
        if (dbias.data)
            dbias.data[i] = (dbias.add ? dbias.data[i] : 0) + (float)own[1 + i];
        double slope = 0, offset = 0;
        if (tape_is_training(tape)) {
            slope = -scale * inverse * inverse * batch_mean(tape_sums(tape), c, c + i);
            offset = -scale * batch_mean(tape_sums(tape), c, i);
        }
        a[i] = (float)slope;
        b[i] = (float)(offset - slope * saved->mean[i]);
    }
}

static void backward_data(const Node *node, ChannelAffine affine, const float *a, const float *b,
                          GradientSlot dx) {
    const float *x = node->input[0]->data, *dy = node->output[0]->gradient;
    Rows rows = rows_of(node->input[0]);
#pragma omp parallel for
    for (int chunk = 0; chunk < rows.chunks; chunk++) {
        size_t start = chunk_start(&rows, chunk);
        KERNELS(batch_norm)
            ->backward_data(chunk_rows(&rows, chunk), rows.c, x + start, dy + start, affine, a, b,
                            dx.add, dx.data + start);
    }
}

static void pool_backward_data(const Node *node, ChannelAffine affine, const float *a,
                               const float *b, GradientSlot dx) {
    const Saved *saved = node->saved;
    const int *size = node->input[0]->shape.size;
    int pairs = size[0] * size[1] / 2, w = size[2], c = size[3];
    const float *x = node->input[0]->data, *dy = node->output[0]->gradient;
#pragma omp parallel for
    for (int pair = 0; pair < pairs; pair++) {
        size_t start = (size_t)pair * w * c, pooled = start / 2;
        KERNELS(batch_norm)
            ->pool_backward_data(w, c, x + 2 * start, dy + pooled, affine, saved->chosen + pooled,
                                 saved->winner + pooled, a, b, dx.add, dx.data + 2 * start);
    }
}

/* This part's sums: with running statistics nobody has computed them yet. */
static const double *own_sums(Tape *tape, Node *node, int c) {
    PartSums parts = tape_sums(tape);
    if (tape_is_training(tape))
        return parts.values + (size_t)parts.own * SUMS(c);
    double *sums = tape_alloc(tape, SUMS(c) * sizeof *sums);
    return sums && !sum_gradients(tape, node, sums) ? sums : NULL;
}

static int backward(Tape *tape, Node *node) {
    const BatchNorm *settings = node->attributes;
    const Saved *saved = node->saved;
    int c = rows_of(node->output[0]).c;
    ChannelAffine affine = {saved->scale, saved->shift, settings->relu};
    const double *own = own_sums(tape, node, c);
    float *a = own ? tape_borrow(tape, (size_t)2 * c) : NULL;
    if (!a)
        return -1;
    float *b = a + c;
    finish_sums(tape, node, own, c, a, b);
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (dx.data && settings->max_pool)
        pool_backward_data(node, affine, a, b, dx);
    else if (dx.data)
        backward_data(node, affine, a, b, dx);
    tape_release(tape, a);
    return 0;
}

const Operator batch_norm_operator = {"batch_norm", infer, forward, backward};

Tensor *op_batch_norm(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias, Tensor *running_mean,
                      Tensor *running_var, BatchNorm settings) {
    Tensor *inputs[] = {x, weight, bias, running_mean, running_var};
    return tape_apply1(tape, &batch_norm_operator, 5, inputs, &settings, sizeof settings);
}
