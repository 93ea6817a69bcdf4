/* pool.h: pooling of one image. x (H,W,C) → y (OH,OW,C). */
#ifndef NN_KERNELS_POOL_H
#define NN_KERNELS_POOL_H

#include "nn/kernels/isa.h"

#include <stdint.h>

typedef struct PoolShape {
    int h, w, c, out_h, out_w;
    int size, stride, padding;
} PoolShape;

typedef struct PoolKernels {
    /* `winner` (OH,OW,C), unless NULL: which place of its window, in reading order, gave the
     * maximum. */
    void (*maximum)(const PoolShape *s, const float *x, float *y, uint8_t *winner);
    /* dx += dy where it won. */
    void (*maximum_backward)(const PoolShape *s, const float *dy, const uint8_t *winner, float *dx);
    void (*average)(const PoolShape *s, const float *x, float *y);
    void (*average_backward)(const PoolShape *s, const float *dy, float *dx);
} PoolKernels;
DECLARE_KERNELS(PoolKernels, pool);

#endif
