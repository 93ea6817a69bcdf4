/* batch_gradient.h: one look at a batch: loss and gradients, whoever computes which part of them.
 *
 * A batch of one shard is computed as a whole. With more shards each is computed by itself, with
 * statistics of batch norm and random numbers of its own, so that the bits depend on the number of
 * shards, but not on how many processes share them (shard_sum.h). */
#ifndef TRAIN_LOOP_BATCH_GRADIENT_H
#define TRAIN_LOOP_BATCH_GRADIENT_H

#include "train/loop/shard_sum.h"

typedef struct BatchGradient {
    const TrainTask *task;
    TrainTeam *team;
    Shards shards; /* of every batch, and which of them are this process's */
    Tape *tape;
    ShardSum *sum; /* of more shards than one */
    Rng rng;       /* of the run's random masks */
} BatchGradient;

/* Which batch, counted from 0, and where it lies. */
typedef struct BatchPlace {
    int slot, epoch, step;
    int64_t steps_done;
} BatchPlace;

/* Leaves the gradients of the batch in the task's parameters, the same with every member of the
 * team. Every look at a batch sees the same random masks. Gives counts, mean loss and the
 * gradients' norm; `flags` as in team_meet. Fails where loss or norm are not finite. */
int batch_gradient(const BatchGradient *gradient, BatchPlace place, TapeMode mode, unsigned *flags,
                   StepCount *count, float *loss, double *norm, Error *error) MUST_CHECK;

#endif
