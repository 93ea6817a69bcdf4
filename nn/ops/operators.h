/* operators.h: everything that can be put on a tape.
 *
 * Each family lives in one file of nn/ops/, with shape rule, forward and backward side by side with
 * the formula. All of them are in the table at the end, which the gradient test iterates over: an
 * operator without a checked gradient cannot be added.
 *
 * Shapes: N batch, H W height and width, C channels, T steps, B batch of sequences, I O features in
 * and out, K classes. `…` stands for any leading dimensions. Every function returns a tensor of the
 * tape, or NULL when an input is NULL or the tape has failed (tape.h). */
#ifndef NN_OPS_OPERATORS_H
#define NN_OPS_OPERATORS_H

#include "nn/core/tape.h"

/* ---- products (ops/matmul.c) ---- */

/* y = x Wᵀ + b: x (…,I), weight (O,I), bias (O) or NULL → (…,O). */
Tensor *op_linear(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias);

/* Matrix product over the last two dimensions, the leading ones equal in both, or absent in b:
 * a (…,M,K) or (…,K,M) with transpose_a, b (…,K,N) or (…,N,K) with transpose_b → (…,M,N). */
Tensor *op_matmul(Tape *tape, Tensor *a, Tensor *b, bool transpose_a, bool transpose_b);

/* ---- convolution (ops/conv2d.c) ---- */

typedef struct Conv2d {
    int stride, padding; /* the same both ways; stride 0 counts as 1 */
    int groups;          /* 0 counts as 1; C = depthwise */
    bool relu;           /* max(0, ·) on the result, in the same pass */
} Conv2d;

/* Cross-correlation: x (N,H,W,C), weight (O, C/groups, kh, kw) as in PyTorch, bias (O) or NULL
 * → (N, (H + 2 padding - kh) / stride + 1, …, O). */
Tensor *op_conv2d(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias, Conv2d settings);

/* The same for inference, with weights that were transformed and packed beforehand and, with
 * `max_pool`, 2×2 max pooling of the result in the same pass. `prepared` has the shape that
 * conv2d_prepared_shape gives for pictures (h,w) and was filled by conv2d_prepare; it fits pictures
 * of any size, and those best. It has no gradient. An empty shape means that there is nothing to
 * prepare; `prepared` may be NULL then. */
Tensor *op_conv2d_prepared(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias, Tensor *prepared,
                           Conv2d settings, bool max_pool);
Shape conv2d_prepared_shape(Shape weight, Conv2d settings, int h, int w);
void conv2d_prepare(const Tensor *weight, Conv2d settings, int h, int w, Tensor *prepared);

/* ---- separable convolution, for inference (ops/separable.c) ---- */

/* x (N,H,W,I): the 1×1 convolution with pointwise (O,I), the depthwise 3×3 one with depthwise
 * (O,1,3,3), bias (O) and max(0, ·); with `max_pool` (H and W even) 2×2 max pooling, all in one
 * pass. `prepared` has the shape that separable_prepared_shape gives and was
 * filled by separable_prepare. It has no gradient. */
Tensor *op_separable_prepared(Tape *tape, Tensor *x, const Tensor *pointwise, Tensor *prepared,
                              bool max_pool);
Shape separable_prepared_shape(const Tensor *pointwise);
void separable_prepare(const Tensor *pointwise, const Tensor *depthwise, const Tensor *bias,
                       Tensor *prepared);

/* ---- normalisation (ops/batch_norm.c, ops/layer_norm.c) ---- */

typedef struct BatchNorm {
    float epsilon;  /* added to the variance */
    float momentum; /* share of the new statistics in the running ones */
    bool relu;      /* max(0, ·) on the result, in the same pass */
    bool max_pool;  /* then 2×2 max pooling in the same pass: x is (N,H,W,C), H and W even */
} BatchNorm;

/* Batch normalisation (Ioffe and Szegedy 2015) over all but the last dimension: x (…,C), weight and
 * bias (C). While training the batch's mean and biased variance normalise, and running_mean and
 * running_var (C) move toward the mean and the unbiased variance (not in TAPE_TRAIN_AGAIN);
 * otherwise the running ones normalise. */
Tensor *op_batch_norm(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias, Tensor *running_mean,
                      Tensor *running_var, BatchNorm settings);

/* Layer normalisation (Ba, Kiros and Hinton 2016) over the last dimension: x (…,C), weight, bias
 * (C). */
Tensor *op_layer_norm(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias, float epsilon);

/* ---- element by element (ops/activation.c, ops/arithmetic.c, ops/dropout.c) ---- */

Tensor *op_relu(Tape *tape, Tensor *x);
Tensor *op_sigmoid(Tape *tape, Tensor *x);
Tensor *op_tanh(Tape *tape, Tensor *x);

/* With broadcasting as in NumPy: shapes are aligned at their last dimension; a size of 1
 * stretches. */
Tensor *op_add(Tape *tape, Tensor *a, Tensor *b);
Tensor *op_sub(Tape *tape, Tensor *a, Tensor *b);
Tensor *op_mul(Tape *tape, Tensor *a, Tensor *b);
Tensor *op_div(Tape *tape, Tensor *a, Tensor *b);
/* y = factor x + offset. */
Tensor *op_scale(Tape *tape, Tensor *x, float factor, float offset);

/* While training, zeroes each element with the given probability and scales the others by
 * 1 / (1 - probability) (Srivastava et al. 2014); otherwise passes x through. `shared_dims` leading
 * dimensions share one mask: 0 for plain dropout; 1 on a (T,B,C) sequence drops the same features
 * at every step (variational dropout, Gal and Ghahramani 2016). */
Tensor *op_dropout(Tape *tape, Tensor *x, float probability, int shared_dims);

/* ---- over the last dimension (ops/softmax.c) ---- */

Tensor *op_softmax(Tape *tape, Tensor *x);
Tensor *op_log_softmax(Tape *tape, Tensor *x);

/* ---- pooling (ops/pool.c) ---- */

typedef struct Pool {
    int size, stride, padding; /* stride 0 counts as size */
} Pool;

/* x (N,H,W,C). Padding never wins a maximum and does not count in an average. */
Tensor *op_max_pool(Tape *tape, Tensor *x, Pool settings);
Tensor *op_average_pool(Tape *tape, Tensor *x, Pool settings);
/* (N,H,W,C) → (N,C): the mean over all positions. */
Tensor *op_global_average_pool(Tape *tape, Tensor *x);

/* x (N,H,W,C) → (N,2H,2W,C): each value four times (ops/upsample.c). */
Tensor *op_upsample(Tape *tape, Tensor *x);

/* ---- residual networks (ops/gated_residual.c) ---- */

/* The end of a residual block with squeeze and excitation (Hu, Shen and Sun 2018), in one pass:
 * max(0, x gate + shortcut) for x and shortcut (N,H,W,C), gate (N,C). */
Tensor *op_gated_residual(Tape *tape, Tensor *x, Tensor *gate, Tensor *shortcut);

/* ---- reductions and shapes (ops/reduce.c, ops/shape.c) ---- */

/* Sum or mean over the dimensions whose bit is set in `axes` (bit 0 = first); they are removed. */
Tensor *op_sum(Tape *tape, Tensor *x, unsigned axes);
Tensor *op_mean(Tape *tape, Tensor *x, unsigned axes);

/* Joins up to NODE_MAX_INPUTS tensors along `axis`; the other sizes are equal. */
Tensor *op_concat(Tape *tape, Tensor *const *inputs, int n_inputs, int axis);
/* Elements start … start+length-1 along `axis`. */
Tensor *op_slice(Tape *tape, Tensor *x, int axis, int start, int length);
/* The same elements in another shape; one size may be -1 (whatever remains). */
Tensor *op_reshape(Tape *tape, Tensor *x, Shape s);
/* Dimension i of the result is dimension order[i] of x; `order` has x's n_dims entries. */
Tensor *op_transpose(Tape *tape, Tensor *x, const int *order);

/* ---- sequences (ops/embedding.c, ops/lstm.c) ---- */

/* Rows of weight (K,C) chosen by `tokens`, whose shape is `s` (copied; each 0 … K-1) → (s…,C). */
Tensor *op_embedding(Tape *tape, const int32_t *tokens, Shape s, Tensor *weight);

typedef struct LstmOutput {
    Tensor *y;      /* (T,B,H): hidden state after every step */
    Tensor *hidden; /* (B,H): after the last step */
    Tensor *cell;   /* (B,H) */
} LstmOutput;

/* One LSTM layer (Hochreiter and Schmidhuber 1997, with forget gate) over T steps: x (T,B,I),
 * hidden and cell (B,H) (NULL = zero), weight_ih (4H,I), weight_hh (4H,H), bias_ih and bias_hh
 * (4H); gates in PyTorch's order i, f, g, o. `reset` (T,B; copied; NULL = nowhere) is 1 where a new
 * sequence starts and its state is cleared before the step. All members are NULL after an error. */
LstmOutput op_lstm(Tape *tape, Tensor *x, Tensor *hidden, Tensor *cell, Tensor *weight_ih,
                   Tensor *weight_hh, Tensor *bias_ih, Tensor *bias_hh, const uint8_t *reset);

/* ---- losses: scalars (ops/cross_entropy.c, ops/mse.c) ---- */

enum { CROSS_ENTROPY_IGNORE = -1 };

typedef struct CrossEntropy {
    const int32_t *labels; /* (…) class indices, CROSS_ENTROPY_IGNORE to leave one out; or NULL */
    const float *targets; /* (…,K) probabilities (mixup, distillation), used when labels is NULL */
    const float *class_weights; /* (K) or NULL; the mean is then weighted, as in PyTorch */
    float label_smoothing;      /* mixes the target with the uniform distribution */
} CrossEntropy;

/* Mean over the rows of -Σ target log softmax(logits): logits (…,K) → scalar. The arrays are
 * copied. When every row is ignored the loss is 0. */
Tensor *op_cross_entropy(Tape *tape, Tensor *logits, CrossEntropy settings);

/* Mean squared difference of two tensors of one shape → scalar. */
Tensor *op_mse(Tape *tape, Tensor *a, Tensor *b);

/* Sums over the elements of x of a weight times a loss → scalar. `targets` and `weights` have x's
 * shape and are copied; an element of weight 0 is ignored, whatever its value
 * (ops/weighted_losses.c). */

/* -t log p - (1-t) log(1-p) for p = sigmoid(logit) and targets t in 0 … 1. With weights that depend
 * on p it is the focal loss (Lin et al. 2017). */
Tensor *op_binary_cross_entropy(Tape *tape, Tensor *logits, const float *targets,
                                const float *weights);
/* Huber's loss divided by delta > 0: quadratic within ±delta, then the distance ("smooth L1",
 * Girshick 2015). */
Tensor *op_huber(Tape *tape, Tensor *x, const float *targets, const float *weights, float delta);

/* ---- the table ---- */

/* Every operator, NULL at the end. */
extern const Operator *const operators[];

#endif
