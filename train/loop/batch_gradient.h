/* batch_gradient.h: loss and gradients of one batch, possibly computed by several processes.
 *
 * A batch of one shard is computed as a whole. With more shards each is computed separately, with
 * its own random numbers and batch norm statistics, or all in step with those of the whole batch
 * (joint.h): the bits depend on the number of shards, but not on how many processes share them
 * (shard_sum.h). */
#ifndef TRAIN_LOOP_BATCH_GRADIENT_H
#define TRAIN_LOOP_BATCH_GRADIENT_H

#include "train/loop/shard_sum.h"

typedef struct BatchGradient {
    const TrainTask *task;
    TrainTeam *team;
    Shards shards; /* of every batch, and which of them are this process's */
    Tape *tape;
    Tape **joint;  /* of each of this process's shards, if they are computed in step, else NULL */
    ShardSum *sum; /* for more than one shard */
    Rng rng;       /* for the run's random masks */
} BatchGradient;

/* Which batch, counted from 0, and its slot. */
typedef struct BatchPlace {
    int slot, epoch, step;
    int64_t steps_done;
} BatchPlace;

/* Creates the tapes for shards that are computed in step; destroys all. */
int batch_gradient_join(BatchGradient *gradient, Error *error) MUST_CHECK;
void batch_gradient_free(BatchGradient *gradient);

/* Writes the gradients of the batch to the task's parameters, the same on every member of the team.
 * Repeated passes over a batch use the same random masks. Returns counts, mean loss and gradient
 * norm; `flags` as in team_meet. Fails where loss or norm are not finite. */
int batch_gradient(const BatchGradient *gradient, BatchPlace place, TapeMode mode, unsigned *flags,
                   StepCount *count, float *loss, double *norm, Error *error) MUST_CHECK;

#endif
