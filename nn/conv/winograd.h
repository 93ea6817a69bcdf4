/* winograd.h: 3×3 convolution with stride 1 by Winograd's minimal filtering (see
 * nn/kernels/winograd.h), with a quarter to a third of the multiplications of direct convolution.
 *
 * Tiles are taken in blocks that stay in the second-level cache from the transform of the input to
 * that of the result. Backward-data is the same convolution with rotated weights; the weight
 * gradient has its own form. Arguments as in general.h. */
#ifndef NN_CONV_WINOGRAD_H
#define NN_CONV_WINOGRAD_H

#include "nn/core/tape.h"
#include "nn/kernels/conv_shape.h"

/* Whether this method can compute a convolution and is expected to be the fastest. */
bool conv_winograd_fits(const ConvShape *s);

int conv_winograd_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                          const float *bias, bool relu, float *y);
int conv_winograd_backward_data(Tape *tape, const ConvShape *s, const float *dy,
                                const float *weight, GradientSlot dx);
int conv_winograd_backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                                  GradientSlot dweight);

/* For inference the weights can be transformed once. `prepared` has the shape that
 * conv_winograd_prepared_shape gives for the usual size of the maps (s->n does not matter), is
 * filled by conv_winograd_prepare, and then serves maps of any size. */
Shape conv_winograd_prepared_shape(const ConvShape *s);
void conv_winograd_prepare(const ConvShape *s, const float *weight, Tensor *prepared);

/* As conv_winograd_forward. With `max_pool` (conv_winograd_pools) 2×2 max pooling follows in the
 * same pass. */
int conv_winograd_forward_prepared(Tape *tape, const ConvShape *s, const float *x,
                                   const Tensor *prepared, const float *bias, bool relu,
                                   bool max_pool, float *y);
bool conv_winograd_pools(const ConvShape *s, const Tensor *prepared);

#endif
