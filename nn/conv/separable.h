/* separable.h: a 1×1 and a depthwise 3×3 convolution in one pass, for inference. */
#ifndef NN_CONV_SEPARABLE_H
#define NN_CONV_SEPARABLE_H

#include "nn/core/tape.h"
#include "nn/kernels/separable.h"

/* (panels, floats of each): what conv_separable_prepare fills. */
Shape conv_separable_prepared_shape(int inputs, int outputs);

/* From the weights pointwise (O,I) and depthwise (O,1,3,3), and bias (O). */
void conv_separable_prepare(int inputs, int outputs, const float *pointwise, const float *depthwise,
                            const float *bias, float *prepared);

/* For n maps; -1 when memory is out. */
int conv_separable_forward(Tape *tape, int n, const SeparableShape *s, const float *x,
                           const float *prepared, float *y);

#endif
