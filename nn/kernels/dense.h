/* dense.h: y = W x + b for a few rows at a time, bound by how fast the weights stream from memory.
 *
 * Outputs go in panels of `width`, whose weights are packed in reading order (panels.h) and kept in
 * half precision (nn/base/float16.h); sums are in fp32. */
#ifndef NN_KERNELS_DENSE_H
#define NN_KERNELS_DENSE_H

#include "nn/kernels/isa.h"

#include <stdint.h>

typedef struct DenseProduct {
    int rows, depth, outputs;
    const uint16_t *packed;
    const float *bias; /* (O) or NULL */
    const float *x;    /* (rows, depth) */
    float *y;          /* (rows, O) */
} DenseProduct;

typedef struct DenseKernels {
    int width;
    /* Packs the panel's part of weight (O,D) into packed + panel * width * D. */
    void (*pack)(uint16_t *packed, const float *weight, int outputs, int depth, int panel);
    void (*multiply)(const DenseProduct *product, int panel);
} DenseKernels;

DECLARE_KERNELS(DenseKernels, dense);

#endif
