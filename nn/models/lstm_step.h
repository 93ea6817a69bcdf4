/* lstm_step.h: an LSTM layer one step at a time, without a tape, for generation.
 *
 * A step of one row is bound by reading every weight once, so the weights are packed in reading
 * order and rounded to half precision (nn/base/float16.h; the sums are in fp32). Results are the
 * same bits for any number of threads, and those of op_lstm with such weights within rounding. */
#ifndef NN_MODELS_LSTM_STEP_H
#define NN_MODELS_LSTM_STEP_H

#include "nn/base/error.h"
#include "nn/core/tensor.h"

typedef struct LstmStep LstmStep;

/* Packs a copy of the layer's weights, shaped as for op_lstm: weight_ih (4H,I), weight_hh (4H,H),
 * biases (4H). Free with lstm_step_destroy. Returns NULL when the shapes do not match or memory
 * runs out. */
LstmStep *lstm_step_create(const Tensor *weight_ih, const Tensor *weight_hh, const Tensor *bias_ih,
                           const Tensor *bias_hh, Error *error);
void lstm_step_destroy(LstmStep *layer);

/* How many floats of scratch memory a step of `rows` rows needs. */
size_t lstm_step_scratch(const LstmStep *layer, int rows);

/* One step for `rows` sequences side by side: x (rows,I); hidden and cell (rows,H) are the state
 * before the step and become that after it; `hidden` is also the layer's output. Several threads
 * may call it at once, each with its own scratch memory. */
void lstm_step(const LstmStep *layer, int rows, const float *x, float *hidden, float *cell,
               float *scratch);

#endif
