/* checkpoint.h: everything that a run needs to continue as if it had never stopped. */
#ifndef TRAIN_LOOP_CHECKPOINT_H
#define TRAIN_LOOP_CHECKPOINT_H

#include "nn/base/options.h"
#include "nn/core/optimizer.h"
#include "nn/core/schedule.h"
#include "train/loop/task.h"

/* Where a run stands; what is not in tensors. */
typedef struct RunState {
    int epoch, step;    /* the next to do, from 0 */
    int64_t steps_done; /* over all epochs */
    Schedule schedule;
    double loss_sum, examples, correct; /* of the epoch so far */
    double seconds;                     /* spent so far */
    Validation best;
    int best_epoch;     /* from 1; 0 before the first validation */
    int epochs_planned; /* --epochs of the run that wrote the checkpoint; 0 in a fresh run */
} RunState;

/* The parts of a run that a checkpoint holds; `average` may be NULL. */
typedef struct CheckpointParts {
    const TrainTask *task;
    Optimizer *optimizer;
    Average *average;
    RunState *state;
    const Option *options;
    const void *values;
} CheckpointParts;

int checkpoint_save(const char *path, const CheckpointParts *parts, Error *error) MUST_CHECK;

/* Restores all parts. Fails when the data or a setting that matters differs from the
 * checkpoint's. */
int checkpoint_load(const char *path, const CheckpointParts *parts, Error *error) MUST_CHECK;

/* All settings as an object of strings, paths without their folders: {"epochs": "40", "data":
 * "fer2013.csv", …}; caller decrefs. */
json_t *settings_to_json(const Option *options, const void *values);

#endif
