/* trainer.h: the training loop, one for faces and for music.
 *
 * A task says what is trained: how many steps an epoch has, how a batch is prepared, what the loss
 * of a prepared batch is, how good the model is now. The trainer does the rest: it prepares the
 * next batch beside the step, schedules the rate, clips, averages, keeps the log, saves the best
 * model and a checkpoint, stops early, resumes.
 *
 * Files, for --out faces.safetensors:
 *   faces.safetensors             the best model so far, by the task's validation score
 *   faces.checkpoint.safetensors  everything needed to continue, to the same bits; after each epoch
 *                                 and every five minutes
 *   faces.csv                     the log: settings as comments, then one row an epoch
 *   faces.epoch-012.safetensors   the last few epochs' models, with --keep */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include "nn/base/options.h"
#include "nn/optimizer.h"
#include "nn/schedule.h"
#include "nn/tape.h"

#include <jansson.h>

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

/* The streams that a run splits off its seed, one for each use of chance. */
enum {
    TRAIN_RNG_WEIGHTS,
    TRAIN_RNG_ORDER,
    TRAIN_RNG_AUGMENT,
    TRAIN_RNG_MIX,
    TRAIN_RNG_DROPOUT,
    TRAIN_RNG_HOLD_OUT,
    TRAIN_RNG_FORGET
};

/* What a step adds to the running figures of an epoch. */
typedef struct StepCount {
    double examples; /* the loss is their mean */
    double correct;  /* of which so many were right */
} StepCount;

/* How good the model is on the validation data. */
typedef struct Validation {
    double score; /* higher is better: what the best model is chosen by */
    double loss, accuracy;
} Validation;

enum { TRAIN_SLOTS = 2 }; /* the batch in use, and the next one in the making */

typedef struct TrainTask {
    const char *unit;       /* what a step has a number of: "images", "tokens" */
    void *context;          /* first argument of the functions */
    Parameters *parameters; /* the model's */
    Parameters *carried; /* state that goes from step to step (an LSTM's), or NULL; checkpointed */
    uint64_t data_checksum; /* tells whether a resumed run sees the same data */

    /* Steps in an epoch (0, 1, …), which may differ; 0 when memory is out. */
    int (*steps)(void *context, int epoch);
    /* Makes batch `step` of `epoch` in the slot (0 … TRAIN_SLOTS-1). Called on a thread of its own;
     * must depend on nothing but its arguments and the seed. */
    int (*prepare)(void *context, int slot, int epoch, int step, Error *error);
    /* The loss of the slot's batch, a scalar on the tape (NULL when the tape has failed). */
    Tensor *(*loss)(void *context, int slot, Tape *tape, StepCount *count);
    /* Measures the model as it stands. */
    int (*validate)(void *context, Tape *tape, Validation *result, Error *error);
    /* Writes the model file, with `metadata` (an object of strings) joined to its own. */
    int (*save)(void *context, const char *path, json_t *metadata, Error *error);
} TrainTask;

/* What came of a run. */
typedef struct TrainResult {
    Validation best;
    int best_epoch, epochs; /* counted from 1 */
    double seconds;         /* of all parts of the run together */
    bool interrupted;       /* by Ctrl-C, after saving a checkpoint */
} TrainResult;

/* Trains. `options` and `values` are the command's table and settings struct, for the echo into log
 * and model file. Progress and notes go to standard error unless quiet. */
int train_run(const TrainTask *task, const TrainSettings *settings, const Option *options,
              const void *values, TrainResult *result, Error *error) MUST_CHECK;

#endif
