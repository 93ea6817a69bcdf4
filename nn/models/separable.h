/* separable.h: a 3×3 convolution split into a pointwise and a depthwise one.
 *
 * The unit of YuNet (Wu, Peng and Yu 2023) and, in reverse order, of MobileNet (Howard et al.
 * 2017): 1×1 convolution, 3×3 depthwise convolution, batch norm, ReLU. It costs I·O + 9·O
 * multiply-adds per position, where the full convolution costs 9·I·O. */
#ifndef NN_MODELS_SEPARABLE_H
#define NN_MODELS_SEPARABLE_H

#include "nn/models/layers.h"

typedef struct Separable {
    Tensor *pointwise;                 /* (O,I) */
    Tensor *depthwise;                 /* (O,1,3,3) */
    Tensor *gain, *shift, *mean, *var; /* (O): the norm's weight, bias, running_mean, running_var */
    Tensor *prepared; /* once folded: the weights for op_separable_prepared, else NULL */
} Separable;

/* Adds name.pointwise.weight, name.depthwise.weight and name.norm.…. */
Separable separable_create(Parameters *parameters, const char *name, int inputs, int outputs,
                           Rng rng);

/* x (N,H,W,I) → (N,H,W,O); `max_pool` takes the largest of each 2×2 of the result in the same pass
 * (H and W even). */
Tensor *separable_forward(const Separable *unit, Tape *tape, Tensor *x, bool max_pool);

/* Folds the norm into weights that are packed for inference, which `folded` owns; the unit can then
 * no longer be trained. */
void separable_fold(Separable *unit, Parameters *folded);

/* Multiply-adds for each position of the output. */
int64_t separable_multiply_adds(const Separable *unit);

#endif
