/* single_channel.h: 3×3 convolution with stride 1 of images with one channel. Arguments as in
 * general.h; backward-data, which training never needs for a first layer, is that of general.h. */
#ifndef NN_CONV_SINGLE_CHANNEL_H
#define NN_CONV_SINGLE_CHANNEL_H

#include "nn/core/tape.h"
#include "nn/kernels/conv_shape.h"

bool conv_single_channel_fits(const ConvShape *s);

int conv_single_channel_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                                const float *bias, bool relu, float *y);
/* The same followed by ReLU and 2×2 max pooling: y (N,OH/2,OW/2,O). */
int conv_single_channel_forward_pooled(Tape *tape, const ConvShape *s, const float *x,
                                       const float *weight, const float *bias, float *y);
int conv_single_channel_backward_weight(Tape *tape, const ConvShape *s, const float *x,
                                        const float *dy, GradientSlot dweight);

#endif
