/* shard_sum.h: combines the shards' gradients into the batch's.
 *
 * The gradient of the batch's mean loss is the mean of the shards' gradients, weighted by their
 * examples. Updates of a model's buffers (the running statistics of batch norm) are averaged alike:
 * every shard starts from the same values. */
#ifndef TRAIN_LOOP_SHARD_SUM_H
#define TRAIN_LOOP_SHARD_SUM_H

#include "train/loop/team.h"

typedef struct ShardSum ShardSum;

/* For parameters with gradients enabled, which must outlive it; NULL when out of memory. */
ShardSum *shard_sum_create(Parameters *parameters, Error *error);
void shard_sum_destroy(ShardSum *sum);

/* Begins the sum of a batch. */
void shard_sum_begin(ShardSum *sum);

/* Adds the gradients in the parameters after the next of this process's shards, and restores the
 * buffers. Or, of shards computed together (joint.h), adds the gradients on the shard's tape; the
 * buffers are then those of the whole batch already. */
int shard_sum_add(ShardSum *sum, int shard, const Tape *joint, const StepCount *count, double loss,
                  Error *error) MUST_CHECK;

/* Writes the gradients and buffers of a batch of `shards` shards to the parameters, with the same
 * bits on every member of the team; returns its counts and mean loss. */
int shard_sum_finish(ShardSum *sum, TrainTeam *team, int shards, StepCount *count, float *loss,
                     Error *error) MUST_CHECK;

#endif
