/* shard_sum.h: from the shards' gradients to the batch's.
 *
 * The gradient of the batch's mean loss is the mean of the shards' gradients, each weighed by its
 * examples. What a shard does to the buffers of a model (the running statistics of batch norm) is
 * averaged alike: every shard starts from the same values, as if it were alone. */
#ifndef TRAIN_LOOP_SHARD_SUM_H
#define TRAIN_LOOP_SHARD_SUM_H

#include "train/loop/team.h"

typedef struct ShardSum ShardSum;

/* For parameters with gradients enabled, which must outlive it; NULL when memory is out. */
ShardSum *shard_sum_create(Parameters *parameters, Error *error);
void shard_sum_destroy(ShardSum *sum);

/* Begins the sum of a batch. */
void shard_sum_begin(ShardSum *sum);

/* Adds what backward has left in the parameters after the next of this process's shards, and puts
 * the buffers back to what they were. */
int shard_sum_add(ShardSum *sum, int shard, const StepCount *count, double loss,
                  Error *error) MUST_CHECK;

/* Leaves the gradients of the batch of so many shards in the parameters, and its buffers, the same
 * bits with every member of the team; gives its counts and mean loss. */
int shard_sum_finish(ShardSum *sum, TrainTeam *team, int shards, StepCount *count, float *loss,
                     Error *error) MUST_CHECK;

#endif
