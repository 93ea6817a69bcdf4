/* gated_residual.h: the end of a residual block, for one image: y = max(0, x gate + shortcut).
 * x, shortcut, y and their gradients are (rows, C), gate and its gradient (C). */
#ifndef NN_KERNELS_GATED_RESIDUAL_H
#define NN_KERNELS_GATED_RESIDUAL_H

#include "nn/kernels/isa.h"

/* An array to write, or to add to; dx and dshortcut may be one array when the second is added. */
typedef struct GatedTarget {
    float *data;
    bool add;
} GatedTarget;

typedef struct GatedResidualKernels {
    void (*forward)(int rows, int c, const float *x, const float *gate, const float *shortcut,
                    float *y);
    /* With g = dy where y > 0, 0 elsewhere: dshortcut = g, dx = g gate; dgate = Σ g x. */
    void (*backward)(int rows, int c, const float *x, const float *gate, const float *y,
                     const float *dy, GatedTarget dx, float *dgate, GatedTarget dshortcut);
} GatedResidualKernels;
DECLARE_KERNELS(GatedResidualKernels, gated_residual);

#endif
