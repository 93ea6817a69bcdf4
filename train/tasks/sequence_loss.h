/* sequence_loss.h: how well a sequence LSTM predicts a batch; shared by the tasks of music. */
#ifndef TRAIN_TASKS_SEQUENCE_LOSS_H
#define TRAIN_TASKS_SEQUENCE_LOSS_H

#include "nn/models/sequence_lstm.h"
#include "train/loop/task.h"

/* A batch of `streams` sequences, `steps` tokens of each, time first. */
typedef struct SequenceBatch {
    int steps, streams;
    const int32_t *tokens;   /* (steps, streams) */
    const float *conditions; /* (steps, streams, D) */
    const uint8_t *reset;    /* (steps, streams): a sequence begins here */
    const int32_t *targets;  /* (steps, streams), negative where nothing is to be predicted */
} SequenceBatch;

/* The mean cross-entropy of the batch, on the tape; `state` (sequence_lstm_state) goes on. Adds the
 * targets to the count, and those that were the most likely tokens. NULL as an operator's result
 * is. */
Tensor *sequence_loss(const SequenceLstm *model, Tape *tape, const SequenceBatch *batch,
                      Parameters *state, StepCount *count);

/* The streams of one shard, cut out of a batch; begins as all zeros. */
typedef struct SequenceShard {
    SequenceBatch batch;
    int32_t *tokens, *targets;
    uint8_t *reset;
    float *conditions;
    Parameters *state[2]; /* of as many streams as a shard has, and of one more */
} SequenceShard;

/* As sequence_loss, of one shard's streams alone, whose rows of the batch's state go on. What was
 * cut out stays until the next call. NULL also for an empty shard, with no examples counted. */
Tensor *sequence_shard_loss(SequenceShard *cut, const SequenceLstm *model, Tape *tape,
                            const SequenceBatch *batch, Shards shards, int shard, Parameters *state,
                            StepCount *count, Error *error);
void sequence_shard_free(SequenceShard *cut);

#endif
