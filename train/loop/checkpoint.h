/* checkpoint.h: everything that a run needs to resume as if it had never stopped. */
#ifndef TRAIN_LOOP_CHECKPOINT_H
#define TRAIN_LOOP_CHECKPOINT_H

#include "nn/core/optimizer.h"
#include "nn/core/schedule.h"
#include "train/loop/task.h"

/* The progress of a run, apart from tensors. */
typedef struct RunState {
    int epoch, step;    /* the next to run, from 0 */
    int64_t steps_done; /* over all epochs */
    Schedule schedule;
    double loss_sum, examples, correct; /* of the epoch so far */
    double seconds;                     /* so far */
    Validation best;
    int best_epoch;     /* from 1; 0 before the first validation */
    int epochs_planned; /* --epochs of the run that wrote the checkpoint; 0 in a fresh run */
} RunState;

/* The parts of a run in a checkpoint; `average` may be NULL. */
typedef struct CheckpointParts {
    const TrainTask *task;
    Optimizer *optimizer;
    Average *average;
    RunState *state;
    const json_t *record;    /* of the run's settings: an object of strings */
    uint64_t start_checksum; /* of the weights that --start names; 0 for fresh ones */
} CheckpointParts;

/* Sets a key of an object of strings to a checksum, as hexadecimal digits. */
void checkpoint_set_checksum(json_t *object, const char *key, uint64_t checksum);

int checkpoint_save(const char *path, const CheckpointParts *parts, Error *error) MUST_CHECK;

/* Restores all parts. Fails when the data, a teacher, the weights begun with or a setting that
 * matters differs from the checkpoint's; settings are identified by their options' names. */
int checkpoint_load(const char *path, const CheckpointParts *parts, Error *error) MUST_CHECK;

/* The number of shards that a checkpoint's run cuts its batches into. */
int checkpoint_shards(const char *path, int *shards, Error *error) MUST_CHECK;

#endif
