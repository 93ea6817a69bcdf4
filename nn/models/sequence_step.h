/* sequence_step.h: a sequence LSTM (nn/models/sequence_lstm.h) one token at a time, without a tape,
 * for generation.
 *
 * It has the weights packed by nn/models/lstm_step.h and the state of `rows` parallel readings.
 * Several threads may run one step each, even with shared weights. Results are the same bits for
 * any number of threads. */
#ifndef NN_MODELS_SEQUENCE_STEP_H
#define NN_MODELS_SEQUENCE_STEP_H

#include "nn/models/sequence_lstm.h"

typedef struct SequenceStep SequenceStep;

/* At the beginning of a sequence. The network must outlive it. Free with sequence_step_destroy. */
SequenceStep *sequence_step_create(const SequenceLstm *network, int rows, Error *error);

/* Another one of the same network, sharing the packed weights, which live as long as any of the
 * steps. */
SequenceStep *sequence_step_share(const SequenceStep *step, int rows, Error *error);

void sequence_step_destroy(SequenceStep *step);

/* Back to the beginning. */
void sequence_step_reset(SequenceStep *step);

/* Reads `token` in every row, under conditions (rows, D), not read where D is 0; writes the logits
 * (rows, K) of the next token. Allocates nothing. */
void sequence_step_read(SequenceStep *step, int token, const float *conditions, float *logits);

#endif
