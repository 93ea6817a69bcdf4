/* depthwise.h: convolution of each channel with its own kernel, one image at a time.
 *
 * x (H,W,C), taps (KH,KW,C): the weights with channels last, y (OH,OW,C). */
#ifndef NN_KERNELS_DEPTHWISE_H
#define NN_KERNELS_DEPTHWISE_H

#include "nn/kernels/conv_shape.h"
#include "nn/kernels/isa.h"

typedef struct DepthwiseKernels {
    /* y = x ⋆ taps. */
    void (*forward)(const ConvShape *s, const float *x, const float *taps, float *y);
    /* dx += the gradient with respect to x. */
    void (*backward_data)(const ConvShape *s, const float *dy, const float *taps, float *dx);
    /* dtaps += the gradient with respect to the taps. */
    void (*backward_weight)(const ConvShape *s, const float *x, const float *dy, float *dtaps);
} DepthwiseKernels;
DECLARE_KERNELS(DepthwiseKernels, depthwise);

#endif
