/* lstm_step.h: an LSTM layer a step at a time, without a tape, for generation.
 *
 * A step of one row reads every weight once and does nothing else worth mention, so the weights are
 * packed in the order in which they are read, and rounded to half precision (nn/base/float16.h; the
 * sums are in fp32). Results are the same bits for any number of threads, and those of op_lstm with
 * such weights within rounding. */
#ifndef NN_MODELS_LSTM_STEP_H
#define NN_MODELS_LSTM_STEP_H

#include "nn/base/error.h"
#include "nn/core/tensor.h"

typedef struct LstmStep LstmStep;

/* Packs a copy of the layer's weights, shaped as for op_lstm: weight_ih (4H,I), weight_hh (4H,H),
 * biases (4H). Free with lstm_step_destroy. Returns NULL when the shapes do not fit or memory is
 * out. */
LstmStep *lstm_step_create(const Tensor *weight_ih, const Tensor *weight_hh, const Tensor *bias_ih,
                           const Tensor *bias_hh, Error *error);
void lstm_step_destroy(LstmStep *layer);

/* How many floats of scratch memory a step of so many rows needs. */
size_t lstm_step_scratch(const LstmStep *layer, int rows);

/* One step for `rows` sequences side by side: x (rows,I); hidden and cell (rows,H) hold the state
 * before the step and become that after it; `hidden` is also the layer's output. Several threads
 * may call it at once, each with scratch memory of its own. */
void lstm_step(const LstmStep *layer, int rows, const float *x, float *hidden, float *cell,
               float *scratch);

#endif
