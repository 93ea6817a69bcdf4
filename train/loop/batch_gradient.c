#include "train/loop/batch_gradient.h"

#include "nn/base/arg_max.h"
#include "nn/core/joint.h"
#include "nn/core/optimizer.h"

#include <math.h>
#include <stdlib.h>

static int not_finite(const BatchGradient *gradient, BatchPlace place, double loss, Error *error) {
    const Tensor *value = tape_first_not_finite(gradient->tape);
    const Tensor *steepest = gradients_first_not_finite(gradient->task->parameters);
    return error_set(error,
                     "epoch %d, step %d: the loss is %g; the first %s that is not finite is '%s'. "
                     "A lower --lr or --clip may help, and --wire full in place of half",
                     place.epoch + 1, place.step + 1, loss,
                     value || !steepest ? "value" : "gradient",
                     value      ? value->name
                     : steepest ? steepest->name
                                : "unknown");
}

/* Puts the loss of one shard on its tape; NULL after an error, and for an empty shard. */
static Tensor *put_on(Tape *tape, const BatchGradient *gradient, BatchPlace place, int shard,
                      TapeMode mode, StepCount *count, Error *error) {
    Rng rng = rng_split(gradient->rng, (uint64_t)place.steps_done);
    if (gradient->shards.count > 1)
        rng = rng_split(rng, (uint64_t)shard);
    tape_begin(tape, mode, rng);
    if (gradient->joint)
        tape_defer(tape);
    return gradient->task->loss(gradient->task->context, place.slot, shard, tape, count, error);
}

static void count_correct(StepCount *count) {
    if (!count->scores)
        return;
    int n = count->scores->shape.size[0], classes = count->scores->shape.size[1];
    for (int i = 0; i < n; i++)
        count->correct += arg_max(count->scores->data + (size_t)i * classes, classes) ==
                          arg_max(count->targets + (size_t)i * classes, classes);
}

/* Computes the loss of one shard, `mean`; NULL for an empty one. */
static int look_forward(const BatchGradient *gradient, BatchPlace place, int shard, TapeMode mode,
                        StepCount *count, Tensor **mean, Error *error) {
    *mean = put_on(gradient->tape, gradient, place, shard, mode, count, error);
    if (tape_check(gradient->tape, error))
        return -1;
    if (!*mean)
        return gradient->shards.count > 1 && count->examples == 0 ? 0 : -1;
    count_correct(count);
    float loss = (*mean)->data[0];
    return isfinite(loss) ? 0 : not_finite(gradient, place, loss, error);
}

static int look_at_batch(const BatchGradient *gradient, BatchPlace place, TapeMode mode,
                         StepCount *count, float *loss, Error *error) {
    Tensor *mean;
    if (look_forward(gradient, place, 0, mode, count, &mean, error))
        return -1;
    *loss = mean->data[0];
    return tape_backward(gradient->tape, mean, error);
}

static int add_shard(const BatchGradient *gradient, int shard, Tensor *mean, const StepCount *count,
                     Error *error) {
    if (mean && tape_backward(gradient->tape, mean, error))
        return -1;
    return shard_sum_add(gradient->sum, shard, NULL, count, mean ? mean->data[0] : 0, error);
}

/* Adds up the shards: this process's one after another, then the team's. The team meets before the
 * last backward pass, beside which its sum begins. */
static int look_at_shards(const BatchGradient *gradient, BatchPlace place, TapeMode mode,
                          unsigned *flags, StepCount *total, float *loss, Error *error) {
    Shards shards = gradient->shards;
    int last = shards.last - 1, status = shard_sum_begin(gradient->sum, error);
    StepCount count;
    Tensor *mean = NULL;
    for (int i = shards.first; i < shards.last && !status; i++) {
        count = (StepCount){0};
        status = look_forward(gradient, place, i, mode, &count, &mean, error);
        if (!status && (i < last || !gradient->team))
            status = add_shard(gradient, i, mean, &count, error);
    }
    if (team_meet(gradient->team, status, flags, error))
        return -1;
    if (gradient->team && mean)
        status = shard_sum_backward(gradient->sum, gradient->team, gradient->tape, mean, last,
                                    shards.count, &count, error);
    else if (gradient->team)
        status = add_shard(gradient, last, NULL, &count, error);
    return shard_sum_finish(gradient->sum, gradient->team, shards.count, status, total, loss,
                            error);
}

/* ------------------------------------------------------------------ shards in step */

/* This process's shards of one batch. */
typedef struct Together {
    const BatchGradient *gradient;
    BatchPlace place;
    Tensor **losses;
    StepCount *counts;
} Together;

static int gather(void *context, bool failed, size_t size, const double *own, double *all,
                  Error *error) {
    const Together *together = context;
    const BatchGradient *gradient = together->gradient;
    return team_gather(gradient->team, gradient->shards.count, failed, size, own, all, error);
}

static int check_losses(void *context, Error *error) {
    const Together *together = context;
    const BatchGradient *gradient = together->gradient;
    for (int i = 0; i < gradient->shards.last - gradient->shards.first; i++) {
        count_correct(&together->counts[i]);
        if (!isfinite(together->losses[i]->data[0]))
            return not_finite(gradient, together->place, together->losses[i]->data[0], error);
    }
    return 0;
}

static int record_together(const Together *together, TapeMode mode, Error *error) {
    const BatchGradient *gradient = together->gradient;
    int first = gradient->shards.first;
    for (int i = 0; i < gradient->shards.last - first; i++) {
        Tape *tape = gradient->joint[i];
        together->losses[i] = put_on(tape, gradient, together->place, first + i,
                                     i ? TAPE_TRAIN_AGAIN : mode, &together->counts[i], error);
        if (tape_check(tape, error))
            return -1;
        if (!together->losses[i])
            return together->counts[i].examples
                       ? -1
                       : error_set(error,
                                   "the batch has fewer examples than its %d shards, which "
                                   "--sync-norm does not allow: use a larger --batch or fewer "
                                   "--shards",
                                   gradient->shards.count);
    }
    return 0;
}

static int compute_together(Together *together, TapeMode mode, Error *error) {
    const BatchGradient *gradient = together->gradient;
    Shards shards = gradient->shards;
    Joint joint = {.tapes = gradient->joint,
                   .losses = together->losses,
                   .n = shards.last - shards.first,
                   .first = shards.first,
                   .count = shards.count,
                   .context = together,
                   .gather = gradient->team ? gather : NULL,
                   .between = check_losses};
    if (team_meet(gradient->team, record_together(together, mode, error), NULL, error))
        return -1;
    int status = joint_step(&joint, error);
    if (!status)
        status = shard_sum_begin(gradient->sum, error);
    for (int i = 0; i < joint.n && !status; i++)
        status = shard_sum_add(gradient->sum, shards.first + i, gradient->joint[i],
                               &together->counts[i], together->losses[i]->data[0], error);
    return status;
}

/* Adds up this process's shards. Returns 1 if another process has failed, as it will say. */
static int add_jointly(const BatchGradient *gradient, BatchPlace place, TapeMode mode,
                       Error *error) {
    int n = gradient->shards.last - gradient->shards.first;
    Together together = {gradient, place, calloc((size_t)n, sizeof(Tensor *)),
                         calloc((size_t)n, sizeof(StepCount))};
    int status = -1;
    if (!together.losses || !together.counts)
        status = team_meet(gradient->team, error_memory(error, "shards", (size_t)n), NULL, error);
    else
        status = compute_together(&together, mode, error);
    free(together.losses);
    free(together.counts);
    return status;
}

static int look_jointly(const BatchGradient *gradient, BatchPlace place, TapeMode mode,
                        unsigned *flags, StepCount *total, float *loss, Error *error) {
    int status = add_jointly(gradient, place, mode, error);
    bool others_failed = status > 0;
    if (team_meet(gradient->team, others_failed ? 0 : status, flags, error))
        return -1;
    if (others_failed)
        return error_set(error, "another process failed without a message");
    return shard_sum_finish(gradient->sum, gradient->team, gradient->shards.count, 0, total, loss,
                            error);
}

int batch_gradient_join(BatchGradient *gradient, Error *error) {
    int n = gradient->shards.last - gradient->shards.first;
    if (!gradient->task->deferrable)
        return error_set(error, "what is trained here has no batch norm that --sync-norm could "
                                "extend to the whole batch");
    gradient->joint = calloc((size_t)n, sizeof *gradient->joint);
    for (int i = 0; i < n && gradient->joint; i++) {
        if (!(gradient->joint[i] = i ? tape_create() : gradient->tape))
            return error_memory(error, "the tapes", 0);
        tape_use_bfloat16(gradient->joint[i], tape_uses_bfloat16(gradient->tape));
    }
    return gradient->joint ? 0 : error_memory(error, "the tapes", (size_t)n * sizeof(Tape *));
}

void batch_gradient_free(BatchGradient *gradient) {
    int n = gradient->shards.last - gradient->shards.first;
    for (int i = 1; i < n && gradient->joint; i++)
        tape_destroy(gradient->joint[i]);
    free(gradient->joint);
    shard_sum_destroy(gradient->sum);
    tape_destroy(gradient->tape);
}

int batch_gradient(const BatchGradient *gradient, BatchPlace place, TapeMode mode, unsigned *flags,
                   StepCount *count, float *loss, double *norm, Error *error) {
    int status = !gradient->sum ? look_at_batch(gradient, place, mode, count, loss, error)
                 : gradient->joint
                     ? look_jointly(gradient, place, mode, flags, count, loss, error)
                     : look_at_shards(gradient, place, mode, flags, count, loss, error);
    if (status)
        return -1;
    *norm = gradients_norm(gradient->task->parameters);
    return isfinite(*norm) ? 0 : not_finite(gradient, place, *loss, error);
}
