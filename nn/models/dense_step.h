/* dense_step.h: a linear layer for a few rows at a time, without a tape, for generation: the
 * companion of lstm_step.h, with the same guarantees. */
#ifndef NN_MODELS_DENSE_STEP_H
#define NN_MODELS_DENSE_STEP_H

#include "nn/base/error.h"
#include "nn/core/tensor.h"

typedef struct DenseStep DenseStep;

/* Packs a copy of weight (O,I) and bias (O) or NULL. Free with dense_step_destroy. Returns NULL
 * when the shapes do not match or memory runs out. */
DenseStep *dense_step_create(const Tensor *weight, const Tensor *bias, Error *error);
void dense_step_destroy(DenseStep *layer);

/* y (rows,O) = x (rows,I) weightᵀ + bias. */
void dense_step(const DenseStep *layer, int rows, const float *x, float *y);

#endif
