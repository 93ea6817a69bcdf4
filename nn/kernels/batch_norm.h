/* batch_norm.h: the passes of batch normalisation over a chunk of rows. x, y, dx, dy are (rows, C).
 */
#ifndef NN_KERNELS_BATCH_NORM_H
#define NN_KERNELS_BATCH_NORM_H

#include "nn/kernels/isa.h"

#include <stdbool.h>
#include <stdint.h>

/* Most rows in a chunk: it is read twice for its moments, the second time from the cache. */
enum { BATCH_NORM_ROWS = 256 };

/* y = max(0, scale x + shift), all (C); without relu no maximum is taken. */
typedef struct ChannelAffine {
    const float *scale, *shift;
    bool relu;
} ChannelAffine;

typedef struct BatchNormKernels {
    /* mean (C) of the rows and squares (C) = Σ (x - mean)². */
    void (*moments)(int rows, int c, const float *x, float *mean, float *squares);
    void (*forward)(int rows, int c, const float *x, ChannelAffine affine, float *y);
    /* With g = dy where forward gave more than 0 (or no relu), 0 elsewhere:
     * sum_g (C) = Σ g and sum_gx (C) = Σ g (x - mean). */
    void (*backward_sums)(int rows, int c, const float *x, const float *dy, ChannelAffine affine,
                          const float *mean, float *sum_g, float *sum_gx);
    /* dx = scale g + a x + b, a and b (C); added to dx with `add`. */
    void (*backward_data)(int rows, int c, const float *x, const float *dy, ChannelAffine affine,
                          const float *a, const float *b, bool add, float *dx);

    /* forward followed by 2×2 max pooling, for a pair of image rows: x (2,W,C), W even, y (W/2,C).
     * `chosen` (W/2,C) receives the x behind each maximum, and `winner` (W/2,C) its place in the
     * window in reading order; with `winner` NULL neither is written. */
    void (*pool_forward)(int w, int c, const float *x, ChannelAffine affine, float *y,
                         float *chosen, uint8_t *winner);
    /* backward_data for the same, dx (2,W,C). Its sums are backward_sums of `chosen`. */
    void (*pool_backward_data)(int w, int c, const float *x, const float *dy, ChannelAffine affine,
                               const float *chosen, const uint8_t *winner, const float *a,
                               const float *b, bool add, float *dx);
} BatchNormKernels;
DECLARE_KERNELS(BatchNormKernels, batch_norm);

#endif
