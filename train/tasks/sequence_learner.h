/* sequence_learner.h: a sequence LSTM in training, whatever its tokens mean: the network, its
 * states, the batches in preparation and in use, and their loss. Shared by the music tasks, which
 * fill the batches. */
#ifndef TRAIN_TASKS_SEQUENCE_LEARNER_H
#define TRAIN_TASKS_SEQUENCE_LEARNER_H

#include "train/tasks/sequence_loss.h"

/* One batch: arrays as in SequenceBatch, to be written. */
typedef struct SequenceSlot {
    int32_t *tokens, *targets;
    uint8_t *reset;
    float *conditions;
    Shards shards; /* all streams of the batch are here, whichever shards are */
} SequenceSlot;

/* Initialise with zeros. */
typedef struct SequenceLearner {
    int steps, streams;
    SequenceLstm *model;
    Parameters *state, *validation_state;
    SequenceSlot slots[TRAIN_SLOTS], validation_slot;
    SequenceShard shard; /* the one being computed */
} SequenceLearner;

/* Builds a network with initial weights drawn from `seed`, its states and the slots. Release with
 * sequence_learner_free, even on failure. */
int sequence_learner_build(SequenceLearner *learner, const SequenceLstmInfo *info, int steps,
                           int streams, uint64_t seed, Error *error) MUST_CHECK;
/* Takes the network's weights from the file, whose network must have as many layers. */
int sequence_learner_start(SequenceLearner *learner, const SafetensorsFile *file,
                           Error *error) MUST_CHECK;
void sequence_learner_free(SequenceLearner *learner);

/* The loss of one shard of a slot, as TrainTask's `loss`. */
Tensor *sequence_learner_loss(SequenceLearner *learner, int slot, int shard, Tape *tape,
                              StepCount *count, Error *error);

/* Fills the slot with the next validation batch, in order from the first: 1, 0 after the last, or
 * -1. */
typedef int SequenceNext(void *context, SequenceSlot *slot, Error *error);

/* TrainTask's `validate`; the score is the negative loss. */
int sequence_learner_validate(SequenceLearner *learner, SequenceNext *next, void *context,
                              Tape *tape, Shards shards, ValidationSums *sums,
                              Error *error) MUST_CHECK;

/* The trainer's description, but for what the data decide: `context`, `data_checksum`, `steps`,
 * `prepare`, `loss`, `validate`, `save`. */
TrainTask sequence_learner_describe(const SequenceLearner *learner);

#endif
