/* depthwise.h: convolution with as many groups as channels: each channel has its own kernel.
 *
 * Too little arithmetic for a matrix product; the vector kernels run along the channels. Arguments
 * as in general.h. */
#ifndef NN_CONV_DEPTHWISE_H
#define NN_CONV_DEPTHWISE_H

#include "nn/core/tape.h"
#include "nn/kernels/conv_shape.h"

int conv_depthwise_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                           const float *bias, bool relu, float *y);
int conv_depthwise_backward_data(Tape *tape, const ConvShape *s, const float *dy,
                                 const float *weight, GradientSlot dx);
int conv_depthwise_backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                                   GradientSlot dweight);

#endif
