#include "train/loop/batch_gradient.h"

#include "nn/core/optimizer.h"

#include <math.h>

static int not_finite(const BatchGradient *gradient, BatchPlace place, double loss, Error *error) {
    const Tensor *value = tape_first_not_finite(gradient->tape);
    const Tensor *steepest = gradients_first_not_finite(gradient->task->parameters);
    return error_set(error,
                     "epoch %d, step %d: the loss is %g; the first %s that is not finite is '%s'. "
                     "A lower --lr or "
                     "--clip may help; the last checkpoint is intact",
                     place.epoch + 1, place.step + 1, loss,
                     value || !steepest ? "value" : "gradient",
                     value      ? value->name
                     : steepest ? steepest->name
                                : "unknown");
}

/* Leaves the gradients of one shard in the parameters. An empty one leaves nothing. */
static int look(const BatchGradient *gradient, BatchPlace place, int shard, TapeMode mode,
                StepCount *count, float *loss, Error *error) {
    const TrainTask *task = gradient->task;
    Rng rng = rng_split(gradient->rng, (uint64_t)place.steps_done);
    if (gradient->shards.count > 1)
        rng = rng_split(rng, (uint64_t)shard);
    tape_begin(gradient->tape, mode, rng);
    Tensor *mean = task->loss(task->context, place.slot, shard, gradient->tape, count, error);
    if (tape_check(gradient->tape, error))
        return -1;
    if (!mean)
        return gradient->shards.count > 1 && count->examples == 0 ? 0 : -1;
    *loss = mean->data[0];
    if (!isfinite(*loss))
        return not_finite(gradient, place, *loss, error);
    return tape_backward(gradient->tape, mean, error);
}

/* Adds up this process's shards. */
static int look_at_shards(const BatchGradient *gradient, BatchPlace place, TapeMode mode,
                          Error *error) {
    int status = 0;
    shard_sum_begin(gradient->sum);
    for (int i = gradient->shards.first; i < gradient->shards.last && !status; i++) {
        StepCount count = {0};
        float loss = 0;
        status = look(gradient, place, i, mode, &count, &loss, error) ||
                 shard_sum_add(gradient->sum, i, &count, loss, error);
    }
    return status ? -1 : 0;
}

int batch_gradient(const BatchGradient *gradient, BatchPlace place, TapeMode mode, unsigned *flags,
                   StepCount *count, float *loss, double *norm, Error *error) {
    if (!gradient->sum) {
        if (look(gradient, place, 0, mode, count, loss, error))
            return -1;
    } else if (team_meet(gradient->team, look_at_shards(gradient, place, mode, error), flags,
                         error) ||
               shard_sum_finish(gradient->sum, gradient->team, gradient->shards.count, count, loss,
                                error)) {
        return -1;
    }
    *norm = gradients_norm(gradient->task->parameters);
    return isfinite(*norm) ? 0 : not_finite(gradient, place, *loss, error);
}
