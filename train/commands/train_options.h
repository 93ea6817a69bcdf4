/* train_options.h: the options common to all training commands, and the report of the result. */
#ifndef TRAIN_COMMANDS_TRAIN_OPTIONS_H
#define TRAIN_COMMANDS_TRAIN_OPTIONS_H

#include "nn/command_line/options.h"
#include "train/loop/trainer.h"
#include "train/parallel/parallel.h"

typedef struct TrainOptions {
    CommonSettings common;
    TrainSettings run; /* train_options_check completes it */
    const char *schedule, *optimizer;
    int batch;                 /* examples per step, for the task */
    int lr_batch;              /* the batch that the rates are for; 0: this one */
    const char *reduce, *wire; /* of parallel_reductions and parallel_wires */
    int timeout;               /* seconds to wait for an unresponsive process */
    float usual_final_rate;    /* the command's own */
    bool json;
} TrainOptions;

/* Those of train_defaults and batches of 64. */
TrainOptions train_options_defaults(void);
/* For the small networks of the detector and the landmarks: AdamW at 0.002 and an average of the
 * weights. */
TrainOptions train_options_small_network(int batch, float final_rate, float clip);

/* The rows of a command's option table for a TrainOptions `field` in its settings struct S. */
#define TRAIN_OPTIONS(S, field)                                                                    \
    OPTION_FLAG(S, field.json, "json", "print the result as JSON"),                                \
        OPTION_OUTPUT(S, field.run.out, "out", 'o', "FILE",                                        \
                      "the model file to write; log and checkpoint are written next to it"),       \
        OPTION_INTEGER(S, field.run.epochs, "epochs", "N", 1, 1000000,                             \
                       "passes over the training data"),                                           \
        OPTION_INTEGER(S, field.batch, "batch", "N", 1, 65536, "examples in a step"),              \
        OPTION_FLOAT(S, field.run.learning_rate, "lr", "F", 0, 1000,                               \
                     "learning rate after warm-up"),                                               \
        OPTION_CHOICE(S, field.schedule, "schedule", "NAME", schedule_names,                       \
                      "learning rate schedule"),                                                   \
        OPTION_FLOAT(S, field.run.final_rate, "final-lr", "F", 0, 1000,                            \
                     "final learning rate of cosine; lowest of plateau"),                          \
        OPTION_INTEGER(S, field.lr_batch, "lr-batch", "N", 0, 65536,                               \
                       "the rates are for batches of N, and grow in proportion to --batch "        \
                       "(0: as they are)"),                                                        \
        OPTION_FLOAT(S, field.run.warmup, "warmup", "EPOCHS", 0, 1000,                             \
                     "epochs of linear warm-up; at most half of the run"),                         \
        OPTION_INTEGER(S, field.run.rate_every, "lr-every", "EPOCHS", 1, 1000000,                  \
                       "step: multiply the rate this often"),                                      \
        OPTION_INTEGER(S, field.run.rate_patience, "lr-patience", "N", 0, 1000000,                 \
                       "plateau: the rate falls after more epochs than this without a new best"),  \
        OPTION_FLOAT(S, field.run.rate_factor, "lr-factor", "F", 0, 1,                             \
                     "step and plateau: multiply the rate by this"),                               \
        OPTION_CHOICE(S, field.optimizer, "optimizer", "NAME", optimizer_names, "the optimizer"),  \
        OPTION_FLOAT(S, field.run.momentum, "momentum", "F", 0, 0.9999,                            \
                     "sgd: Nesterov momentum; adam: decay of the first moment"),                   \
        OPTION_FLOAT(S, field.run.beta2, "beta2", "F", 0, 0.99999,                                 \
                     "adam: decay of the second moment"),                                          \
        OPTION_FLOAT(S, field.run.weight_decay, "weight-decay", "F", 0, 10,                        \
                     "weight decay; not on norms and biases"),                                     \
        OPTION_FLOAT(S, field.run.clip, "clip", "NORM", 0, 1e6,                                    \
                     "clip the gradient's norm (0: never)"),                                       \
        OPTION_FLOAT(                                                                              \
            S, field.run.average, "average", "DECAY", 0, 0.99999,                                  \
            "decay of the weights' moving average, which is validated and kept (0: none)"),        \
        OPTION_INTEGER(S, field.run.patience, "patience", "N", 0, 1000000,                         \
                       "early stopping: epochs without a new best (0: never)"),                    \
        OPTION_INTEGER(S, field.run.keep, "keep", "N", 0, 1000000,                                 \
                       "also keep the models of the last N epochs"),                               \
        OPTION_SEED(S, field.run.seed, "seed", "seed of all random numbers"),                      \
        OPTION_FLAG(S, field.run.resume, "resume",                                                 \
                    "continue the run that --out names from its checkpoint"),                      \
        OPTION_FLAG(S, field.run.overwrite, "overwrite",                                           \
                    "replace the files of an earlier run with the same --out"),                    \
        OPTION_INTEGER(S, field.run.shards, "shards", "N", 0, SHARDS_MOST,                         \
                       "cut each batch into this many parts, which several processes share (0: 8 " \
                       "with several, else the whole batch at once)"),                             \
        OPTION_CHOICE(S, field.reduce, "reduce", "HOW", parallel_reductions,                       \
                      "several processes add their gradients in the tree's order or as fast as "   \
                      "MPI can, with other bits for each number of processes"),                    \
        OPTION_CHOICE(S, field.wire, "wire", "PRECISION", parallel_wires,                          \
                      "add and send the shards' gradients in full or half precision"),             \
        OPTION_INTEGER(S, field.timeout, "timeout", "SECONDS", 1, 1000000,                         \
                       "several processes: end after a process has not responded for this long"),  \
        OPTION_FLAG(S, field.run.overfit_batch, "overfit-batch",                                   \
                    "train on the first batch only: a sanity check, the loss must fall"),          \
        OPTION_COMMON(S, field.common)

/* Joins the processes started together with this one, if any, and parses like options_parse. */
int train_options_parse(TrainOptions *train, const Usage *usage, const Option *options,
                        void *settings, int argc, char **argv);

/* Completes the settings from the names chosen, and sets the number of threads. Returns
 * OPTIONS_RUN, or EXIT_USAGE after reporting what is missing or has no effect. */
int train_options_check(TrainOptions *train, const Usage *usage);

/* Both in turn; in between, EXIT_USAGE where --data, which sets `*data` in the settings, is
 * missing: `kind` is what it names. */
int train_options_begin(TrainOptions *train, const Usage *usage, const Option *options,
                        void *settings, int argc, char **argv, const char *const *data,
                        const char *kind);

/* Trains with these options, and reports the result on standard output. `options` and `values` are
 * the command's table and settings struct, which the model file records; `loss_key` and `loss_unit`
 * name the validation loss in JSON and in text. Returns 0, -1, or the signal that interrupted the
 * run. */
int train_options_run(const TrainOptions *train, const TrainTask *task, const Option *options,
                      const void *values, const char *loss_key, const char *loss_unit,
                      Error *error) MUST_CHECK;

/* As command_status; in a team the others are notified of a failure, and one process prints it and
 * returns the team's exit status. */
int train_options_end(const TrainOptions *train, const Usage *usage, int status, Error *error);

/* All settings as an object of strings, paths without their folders: {"epochs": "40", "data":
 * "fer2013.csv", …}; caller decrefs. */
json_t *train_options_record(const Option *options, const void *values);

#endif
