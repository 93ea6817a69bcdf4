/* sequence_loss.h: the loss of a sequence LSTM on a batch; shared by the music tasks. */
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
    const int32_t *targets;  /* (steps, streams), negative where ignored */
} SequenceBatch;

/* The mean cross-entropy of the batch, on the tape; `state` (sequence_lstm_state) is advanced. Adds
 * the targets to the count, and as correct those that were the most likely tokens. NULL like an
 * operator's result. */
Tensor *sequence_loss(const SequenceLstm *model, Tape *tape, const SequenceBatch *batch,
                      Parameters *state, StepCount *count);

/* The streams of one shard of a batch; initialise with zeros. */
typedef struct SequenceShard {
    SequenceBatch batch;
    int32_t *tokens, *targets;
    uint8_t *reset;
    float *conditions;
    Parameters *state[2]; /* for as many streams as a shard has, and for one more */
} SequenceShard;

/* As sequence_loss, for one shard's streams only, whose rows of the batch's state are advanced. The
 * copy stays valid until the next call. NULL also for an empty shard, with no examples counted. */
Tensor *sequence_shard_loss(SequenceShard *cut, const SequenceLstm *model, Tape *tape,
                            const SequenceBatch *batch, Shards shards, int shard, Parameters *state,
                            StepCount *count, Error *error);
void sequence_shard_free(SequenceShard *cut);

#endif
