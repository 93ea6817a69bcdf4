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
 *   faces.csv                     the log: settings as comments, then one row an epoch
 *   faces.epoch-012.safetensors   the last few epochs' models, with --keep */
#ifndef TRAIN_LOOP_TRAINER_H
#define TRAIN_LOOP_TRAINER_H

#include "nn/base/options.h"
#include "nn/core/optimizer.h"
#include "nn/core/schedule.h"
#include "train/loop/task.h"

typedef struct TrainSettings {
    CommonSettings common;
    const char *out;
    bool resume, overfit_batch;
    uint64_t seed;
    int epochs, batch, patience, keep;
    float learning_rate, final_rate, warmup;
    const char *schedule;
    int rate_every, rate_patience;
    float rate_factor;
    const char *optimizer;
    float momentum, beta2, weight_decay, clip, average;
    float sharpness; /* radius of sharpness-aware minimisation (nn/core/sharpness.h), 0 for none;
                        for tasks that carry nothing from step to step */
} TrainSettings;

/* Defaults that suit faces; music changes some. */
extern const TrainSettings train_defaults;

/* The rows of a command's option table for a TrainSettings `field` in its settings struct S. */
#define TRAIN_OPTIONS(S, field)                                                                    \
    OPTION_STRING(S, field.out, "out", 'o', "FILE",                                                \
                  "the model file to write; log and checkpoint stand beside it"),                  \
        OPTION_INTEGER(S, field.epochs, "epochs", "N", 1, 1000000,                                 \
                       "passes over the training data"),                                           \
        OPTION_INTEGER(S, field.batch, "batch", "N", 1, 65536, "examples in a step"),              \
        OPTION_FLOAT(S, field.learning_rate, "lr", "F", 0, 1000, "learning rate after warm-up"),   \
        OPTION_CHOICE(S, field.schedule, "schedule", "NAME", schedule_names,                       \
                      "how the rate falls"),                                                       \
        OPTION_FLOAT(S, field.final_rate, "final-lr", "F", 0, 1000,                                \
                     "where cosine ends and plateau stops"),                                       \
        OPTION_FLOAT(S, field.warmup, "warmup", "EPOCHS", 0, 1000,                                 \
                     "epochs in which the rate rises from 0"),                                     \
        OPTION_INTEGER(S, field.rate_every, "lr-every", "EPOCHS", 1, 1000000,                      \
                       "step: multiply the rate this often"),                                      \
        OPTION_INTEGER(S, field.rate_patience, "lr-patience", "N", 0, 1000000,                     \
                       "plateau: epochs without a new best before the rate falls"),                \
        OPTION_FLOAT(S, field.rate_factor, "lr-factor", "F", 0, 1,                                 \
                     "step and plateau: multiply the rate by this"),                               \
        OPTION_CHOICE(S, field.optimizer, "optimizer", "NAME", optimizer_names,                    \
                      "how gradients are used"),                                                   \
        OPTION_FLOAT(S, field.momentum, "momentum", "F", 0, 0.9999,                                \
                     "sgd: Nesterov momentum; adam: decay of the first moment"),                   \
        OPTION_FLOAT(S, field.beta2, "beta2", "F", 0, 0.99999,                                     \
                     "adam: decay of the second moment"),                                          \
        OPTION_FLOAT(S, field.weight_decay, "weight-decay", "F", 0, 10,                            \
                     "pull of the weights to 0; norms and biases are spared"),                     \
        OPTION_FLOAT(S, field.clip, "clip", "NORM", 0, 1e6,                                        \
                     "scale larger gradients down to this norm (0: never)"),                       \
        OPTION_FLOAT(S, field.average, "average", "DECAY", 0, 0.99999,                             \
                     "validate and keep a moving average of the weights (0: none)"),               \
        OPTION_INTEGER(S, field.patience, "patience", "N", 0, 1000000,                             \
                       "stop after so many epochs without a new best (0: never)"),                 \
        OPTION_INTEGER(S, field.keep, "keep", "N", 0, 1000000,                                     \
                       "also keep the models of the last N epochs"),                               \
        OPTION_SEED(S, field.seed, "seed", "seed of all random numbers"),                          \
        OPTION_FLAG(S, field.resume, "resume",                                                     \
                    "continue the run that --out names from its checkpoint"),                      \
        OPTION_FLAG(S, field.overfit_batch, "overfit-batch",                                       \
                    "train on the first batch alone: a sanity check, the loss must fall"),         \
        OPTION_COMMON(S, field.common)

/* What came of a run. */
typedef struct TrainResult {
    Validation best;
    int best_epoch, epochs; /* counted from 1 */
    double seconds;         /* of all parts of the run together */
    int interrupted;        /* by this signal (Ctrl-C), after saving a checkpoint; 0: by none */
} TrainResult;

/* Trains. `options` and `values` are the command's table and settings struct, for the echo into log
 * and model file. Progress and notes go to standard error unless quiet. */
int train_run(const TrainTask *task, const TrainSettings *settings, const Option *options,
              const void *values, TrainResult *result, Error *error) MUST_CHECK;

#endif
