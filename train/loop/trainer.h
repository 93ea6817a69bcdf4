/* trainer.h: the training loop, one for faces and for music.
 *
 * A task (train/loop/task.h) says what is trained; the trainer does the rest: it prepares the next
 * batch beside the step, schedules the rate, clips, averages, keeps the log, saves the best model
 * and a checkpoint, stops early, resumes.
 *
 * Files, for --out faces.safetensors:
 *   faces.safetensors             the best model so far, by the task's validation score
 *   faces.checkpoint.safetensors  everything needed to continue, to the same bits; after each epoch
 *                                 and every five minutes
 *   faces.csv                     the log: one row an epoch
 *   faces.curve.png, .svg, .pdf   the log as a figure, at the end of the run
 *   faces.lock                    while the run lasts: no other may write the same files
 *   faces.epoch-012.safetensors   the last few epochs' models, with --keep
 *
 * Several processes can train one model (team.h). Then, or with --shards, every batch is cut into a
 * fixed number of shards, each computed by itself and summed in a fixed order: weights, log and
 * checkpoints are the same bits for any number of processes that share the shards. A batch that is
 * not cut gives other bits, as its order of addition is another and batch norm sees all of it. */
#ifndef TRAIN_LOOP_TRAINER_H
#define TRAIN_LOOP_TRAINER_H

#include "nn/core/optimizer.h"
#include "nn/core/schedule.h"
#include "train/loop/team.h"

typedef struct TrainSettings {
    const char *out;
    bool resume;    /* continue the run that `out` names */
    bool overwrite; /* begin anew where there are files of a run; without either that fails */
    bool overfit_batch, quiet;
    uint64_t seed;
    int epochs, patience, keep; /* patience 0: never stops early; keep: models of the last epochs */
    ScheduleKind schedule;
    float learning_rate, final_rate, warmup; /* warmup in epochs */
    int rate_every, rate_patience;           /* epochs, of the schedules step and plateau */
    float rate_factor;
    OptimizerKind optimizer;
    float momentum, beta2, weight_decay;
    float clip;      /* the largest norm of the gradients, 0 for any */
    float average;   /* decay of the moving average of the weights, 0 for none */
    float sharpness; /* radius of sharpness-aware minimisation (nn/core/sharpness.h), 0 for none;
                        for tasks that carry nothing from step to step */
    int shards; /* a batch is cut into so many parts; 0: what a resumed run has, else 1 alone and
                   8 in a team */
    TrainTeam *team; /* NULL where one process trains alone */
} TrainSettings;

/* Defaults that suit faces; music changes some. */
extern const TrainSettings train_defaults;

/* What came of a run. */
typedef struct TrainResult {
    Validation best;
    int best_epoch, epochs; /* counted from 1 */
    double seconds;         /* of all parts of the run together */
    int interrupted;        /* by this signal (Ctrl-C), after saving a checkpoint; 0: by none */
} TrainResult;

/* Trains. `record` is an object of strings that describes the run by the names and values of the
 * command line: it goes into the model file, and a checkpoint continues only under the same
 * (checkpoint.h). Progress and notes go to standard error unless quiet. */
int train_run(const TrainTask *task, const TrainSettings *settings, const json_t *record,
              TrainResult *result, Error *error) MUST_CHECK;

#endif
