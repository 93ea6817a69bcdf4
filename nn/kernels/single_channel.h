/* single_channel.h: 3×3 convolution with stride 1 of an image with one channel, such as a network's
 * first layer: too few values for a matrix product, so all nine weights of an output stay in
 * registers.
 *
 * x is the image inside its padding, (OH+2, OW+2); y (OH,OW,O); taps (9, P): the weights of one
 * panel of P outputs, `offset` … offset+P-1, with zeros beyond O. */
#ifndef NN_KERNELS_SINGLE_CHANNEL_H
#define NN_KERNELS_SINGLE_CHANNEL_H

#include "nn/kernels/isa.h"

#include <stdbool.h>

typedef struct SingleChannelKernels {
    int panel; /* P */
    /* y = x ⋆ taps + bias (P), then max(0, ·) with relu. */
    void (*forward)(int out_h, int out_w, int o, int offset, const float *x, const float *taps,
                    const float *bias, bool relu, float *y);
    /* The same followed by ReLU and 2×2 max pooling: y (OH/2,OW/2,O). */
    void (*forward_pooled)(int out_h, int out_w, int o, int offset, const float *x,
                           const float *taps, const float *bias, float *y);
    /* dtaps (9, P) = the gradient with respect to the taps. */
    void (*backward_weight)(int out_h, int out_w, int o, int offset, const float *x,
                            const float *dy, float *dtaps);
} SingleChannelKernels;
DECLARE_KERNELS(SingleChannelKernels, single_channel);

#endif
