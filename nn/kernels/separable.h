/* separable.h: a separable convolution in one pass, for inference: a 1×1 convolution, a 3×3
 * depthwise one (stride 1, zeros around the map), bias and ReLU, and perhaps 2×2 max pooling.
 *
 * Four rows of the map between the two convolutions exist at a time, so it stays in the cache.
 * Outputs come in panels of SEPARABLE_PANEL channels, on every instruction set. */
#ifndef NN_KERNELS_SEPARABLE_H
#define NN_KERNELS_SEPARABLE_H

#include "nn/kernels/isa.h"

#include <stddef.h>

enum { SEPARABLE_PANEL = 16, SEPARABLE_TAPS = 9, SEPARABLE_ROWS = 4 };

typedef struct SeparableShape {
    int h, w, inputs, outputs;
    bool max_pool; /* h and w are even */
} SeparableShape;

static inline int separable_panels(int outputs) {
    return (outputs + SEPARABLE_PANEL - 1) / SEPARABLE_PANEL;
}

/* Floats of a panel's weights: (inputs, panel) of the 1×1 convolution, (9, panel) of the depthwise
 * one, (panel) of the bias; zeros beyond the last output. */
static inline size_t separable_panel_size(int inputs) {
    return (size_t)(inputs + SEPARABLE_TAPS + 1) * SEPARABLE_PANEL;
}

/* Floats of a row of the map in between, with its zeros at both ends, for one panel. */
static inline size_t separable_row_size(const SeparableShape *s) {
    return (size_t)(s->w + 2) * SEPARABLE_PANEL;
}

/* Floats of the scratch memory: the rows of each panel, and a row of zeros. */
static inline size_t separable_scratch_size(const SeparableShape *s) {
    return (size_t)(separable_panels(s->outputs) * SEPARABLE_ROWS + 1) * separable_row_size(s);
}

typedef struct SeparableKernels {
    /* x (H,W,I) → y (H,W,O), or (H/2,W/2,O) with max_pool. */
    void (*forward)(const SeparableShape *s, const float *x, const float *weights, float *scratch,
                    float *y);
} SeparableKernels;
DECLARE_KERNELS(SeparableKernels, separable);

#endif
