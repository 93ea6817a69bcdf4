/* trainer.h: the training loop, one for faces and for music.
 *
 * A task (train/loop/task.h) defines what is trained; the trainer does the rest: it prepares the
 * next batch in parallel, schedules the learning rate, clips, averages, writes the log, saves the
 * best model and a checkpoint, stops early, resumes.
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
 * Several processes can train one model (team.h). Then, or with --shards, every batch is split into
 * a fixed number of shards, computed separately and summed in a fixed order: weights, log and
 * checkpoints are the same bits for any number of processes that share the shards. A batch that is
 * not split gives other bits, since its order of addition differs and batch norm uses all of it. */
#ifndef TRAIN_LOOP_TRAINER_H
#define TRAIN_LOOP_TRAINER_H

#include "nn/core/optimizer.h"
#include "nn/core/schedule.h"
#include "train/loop/team.h"

typedef struct TrainSettings {
    const char *out;
    bool resume;    /* resume the run of `out` */
    bool overwrite; /* start over where files of a run exist; without either that fails */
    /* What the run reads, NULL-terminated lists of paths separated by commas, or NULL: these files
     * stay, even where an earlier run of `out` wrote them. */
    const char *const *inputs;
    bool overfit_batch, quiet;
    uint64_t seed;
    int epochs, patience, keep; /* patience 0: no early stopping; keep: models of the last epochs */
    ScheduleKind schedule;
    float learning_rate, final_rate, warmup; /* warmup in epochs */
    int rate_every, rate_patience;           /* epochs, of the schedules step and plateau */
    float rate_factor;
    OptimizerKind optimizer;
    float momentum, beta2, weight_decay;
    float clip;      /* the largest norm of the gradients, 0 for any */
    float average;   /* decay of the moving average of the weights, 0 for none */
    float sharpness; /* radius of sharpness-aware minimisation (nn/core/sharpness.h), 0 for none;
                        for tasks without carried state */
    bool bfloat16;   /* training steps convolve numbers rounded to bfloat16 (nn/conv/bfloat16.h) */
    int shards; /* parts to split a batch into; 0: as in a resumed run, else 1 alone and 8 in a team
                 */
    bool sync_norm;  /* batch norm uses the whole batch even where it is split into shards */
    bool half;       /* shards' gradients are added in half precision (half.h) */
    TrainTeam *team; /* NULL for a single process */
} TrainSettings;

/* Defaults for faces; music changes some. */
extern const TrainSettings train_defaults;

/* The result of a run. */
typedef struct TrainResult {
    Validation best;
    int best_epoch, epochs; /* counted from 1 */
    double seconds;         /* of all parts of the run together */
    int interrupted; /* by this signal (Ctrl-C), after saving a checkpoint; 0: not interrupted */
} TrainResult;

/* Trains. `record` is an object of strings with the names and values of the run's command line: it
 * is stored in the model file, and a checkpoint can be resumed only with the same (checkpoint.h).
 * Progress and notes go to standard error unless quiet. */
int train_run(const TrainTask *task, const TrainSettings *settings, const json_t *record,
              TrainResult *result, Error *error) MUST_CHECK;

#endif
