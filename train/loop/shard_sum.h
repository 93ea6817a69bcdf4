/* shard_sum.h: combines the shards' gradients into the batch's.
 *
 * The gradient of the batch's mean loss is the mean of the shards' gradients, weighted by their
 * examples. Updates of a model's buffers (the running statistics of batch norm) are averaged alike:
 * every shard starts from the same values.
 *
 * A team adds up in pieces. While the last of a process's shards runs backwards, the pieces whose
 * gradients are complete are on their way already. */
#ifndef TRAIN_LOOP_SHARD_SUM_H
#define TRAIN_LOOP_SHARD_SUM_H

#include "train/loop/team.h"

typedef struct ShardSum ShardSum;

/* For parameters with gradients enabled, which must outlive it; with `half` gradients are added and
 * sent in half precision (half.h). NULL when out of memory. */
ShardSum *shard_sum_create(Parameters *parameters, bool half, Error *error);
void shard_sum_destroy(ShardSum *sum);

/* Begins the sum of a batch; fails when out of memory for another shard's gradients. */
int shard_sum_begin(ShardSum *sum, Error *error) MUST_CHECK;

/* Adds the gradients in the parameters after the next of this process's shards, and restores the
 * buffers. Or, of shards computed together (joint.h), adds the gradients on the shard's tape; the
 * buffers are then those of the whole batch already. */
int shard_sum_add(ShardSum *sum, int shard, const Tape *joint, const StepCount *count, double loss,
                  Error *error) MUST_CHECK;

/* Runs the last of this process's shards backwards and adds its gradients, which the team adds up
 * at the same time; restores the buffers. All members have to call shard_sum_finish afterwards,
 * also after a failure here. */
int shard_sum_backward(ShardSum *sum, TrainTeam *team, Tape *tape, Tensor *mean, int shard,
                       int shards, const StepCount *count, Error *error) MUST_CHECK;

/* Writes the gradients and buffers of a batch of `shards` shards to the parameters, with the same
 * bits on every member of the team; returns its counts and mean loss. `status` is this member's so
 * far: where any has failed, all do. */
int shard_sum_finish(ShardSum *sum, TrainTeam *team, int shards, int status, StepCount *count,
                     float *loss, Error *error) MUST_CHECK;

#endif
