/* bfloat16.h: 3×3 convolution with stride 1 of numbers rounded to bfloat16 (nn/base/bfloat16.h):
 * x and weight, and on the way back dy; products and sums have full precision.
 *
 * A processor with a matrix unit for them (nn/kernels/bfloat16.h) convolves faster than in full
 * precision; its threads share the images, so that fewer images than threads leave some idle. On
 * others the rounded numbers take Winograd's way, which is slower than in full precision and gives
 * the same up to the rounding of sums and numbers below 2^-126. Arguments as in general.h. */
#ifndef NN_CONV_BFLOAT16_H
#define NN_CONV_BFLOAT16_H

#include "nn/core/tape.h"
#include "nn/kernels/conv_shape.h"

/* Those that Winograd's method fits. */
bool conv_bfloat16_fits(const ConvShape *s);

/* Whether this machine has the unit, and this process may use it. */
bool conv_bfloat16_has_unit(void);

int conv_bfloat16_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                          const float *bias, bool relu, float *y);
int conv_bfloat16_backward_data(Tape *tape, const ConvShape *s, const float *dy,
                                const float *weight, GradientSlot dx);
int conv_bfloat16_backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                                  GradientSlot dweight);

#endif
