#include "train/loop/run.h"

#include <stdlib.h>

/* One after another, so that the bits do not depend on the distribution over processes. */
static Validation mean(const ValidationSums *shards, int count) {
    ValidationSums all = {0};
    for (int i = 0; i < count; i++) {
        all.score += shards[i].score;
        all.loss += shards[i].loss;
        all.correct += shards[i].correct;
        all.examples += shards[i].examples;
    }
    return (Validation){.score = all.score / all.examples,
                        .loss = all.loss / all.examples,
                        .accuracy = all.correct / all.examples};
}

/* Collects the sums of all shards from the team; `status` is that of this member's. */
static int collect(Run *run, int status, const ValidationSums *own, ValidationSums *all,
                   Error *error) {
    Shards shards = run->gradient.shards;
    int gathered = team_gather(run->team, shards.count, status, sizeof *own / sizeof(double),
                               (const double *)own, (double *)all, error);
    if (gathered < 0 || team_meet(run->team, status, NULL, error) || status)
        return -1;
    return gathered ? error_set(error, "another process failed without a message") : 0;
}

int run_validate(Run *run, Validation *validation, Error *error) {
    const TrainTask *task = run->task;
    Shards shards = run->gradient.shards;
    size_t count = (size_t)shards.count;
    ValidationSums *all = calloc(2 * count, sizeof *all);
    int status = all ? 0 : error_memory(error, "the sums of a validation", 2 * count * sizeof *all);
    /* One that failed before, such as to write a checkpoint, would not gather. */
    if (team_meet(run->team, status, NULL, error) || status) {
        free(all);
        return -1;
    }
    ValidationSums *own = run->team ? all + count : all;
    status = task->validate(task->context, run->gradient.tape, shards, own, error);
    if (run->team)
        status = collect(run, status, own, all, error);
    if (!status)
        *validation = mean(all, shards.count);
    free(all);
    return status;
}
