/* general.h: convolution of any kernel, stride, padding and groups as a matrix product.
 *
 * The input is unfolded (im2col) into rows of KH·KW·C/G values, one for each output position, a
 * block of positions at a time so that the rows stay in the cache, and multiplied with the
 * weights. */
#ifndef NN_CONV_GENERAL_H
#define NN_CONV_GENERAL_H

#include "nn/core/tape.h"
#include "nn/kernels/conv_shape.h"

/* y = x ⋆ weight + bias (bias may be NULL), then max(0, ·) with relu. -1 when out of memory. */
int conv_general_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                         const float *bias, bool relu, float *y);

/* dx = (or += with dx.add) the gradient with respect to x. */
int conv_general_backward_data(Tape *tape, const ConvShape *s, const float *dy, const float *weight,
                               GradientSlot dx);

/* dweight = (or +=) the gradient with respect to the weight. */
int conv_general_backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                                 GradientSlot dweight);

#endif
