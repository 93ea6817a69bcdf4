/* task.h: the interface of a training task: the steps of an epoch, preparing a batch, its loss, and
 * validation. */
#ifndef TRAIN_LOOP_TASK_H
#define TRAIN_LOOP_TASK_H

#include "nn/core/parameters.h"
#include "nn/core/tape.h"

#include <jansson.h>

/* The streams that a run splits off its seed, one for each use of random numbers. */
enum {
    TRAIN_RNG_WEIGHTS,
    TRAIN_RNG_ORDER,
    TRAIN_RNG_AUGMENT,
    TRAIN_RNG_MIX,
    TRAIN_RNG_DROPOUT,
    TRAIN_RNG_HOLD_OUT,
    TRAIN_RNG_FORGET
};

/* What a step adds to the totals of an epoch. */
typedef struct StepCount {
    double examples; /* the loss is their mean */
    double correct;  /* correctly predicted ones */
    /* Or, of a task that can be deferred, what `correct` follows from once the values have been
     * computed: an example is correct if its scores and its targets, both (examples, classes), are
     * largest for the same class. */
    const Tensor *scores;
    const float *targets;
} StepCount;

/* The model's results on the validation data. */
typedef struct Validation {
    double score; /* higher is better: selects the best model */
    double loss, accuracy;
} Validation;

/* What one shard of the validation data adds to it: sums over its examples. */
typedef struct ValidationSums {
    double score, loss, correct, examples;
} ValidationSums;

/* A range of the equal parts of a batch: first … last - 1 of `count`. */
typedef struct Shards {
    int first, last, count;
} Shards;

/* Where shard i of `count` begins in a batch of `examples` examples. */
static inline int shard_start(int examples, int i, int count) {
    return (int)((int64_t)examples * i / count);
}

enum { TRAIN_SLOTS = 2 }; /* the batch in use, and the next one being prepared */

typedef struct TrainTask {
    const char *unit;       /* of examples: "images", "tokens" */
    void *context;          /* first argument of the functions */
    Parameters *parameters; /* the model's */
    bool divisible; /* a batch can be cut into shards; and then, as far as they matter, else 0: */
    int batch, smallest_batch; /* examples of most steps, and of the least of an epoch's */
    bool mixes;                /* a shard's examples with each other */
    bool deferrable;           /* `loss` only records: it reads no value of the tape (joint.h) */
    Parameters *carried; /* state carried from step to step (an LSTM's), or NULL; checkpointed. If
                            the task is divisible, one row per example of a batch */
    uint64_t data_checksum;     /* shows whether a resumed run has the same data */
    uint64_t teachers_checksum; /* and the same teachers; 0 for none */

    /* Steps in an epoch (0, 1, …), which may differ; 0 when out of memory. */
    int (*steps)(void *context, int epoch);
    /* Prepares those shards of batch `step` of `epoch` in the slot (0 … TRAIN_SLOTS-1); one shard
     * if the task is not divisible. Called on a separate thread; a shard must depend only on epoch,
     * step, the number of shards and the seed. */
    int (*prepare)(void *context, int slot, Shards shards, int epoch, int step, Error *error);
    /* The loss of one of the slot's shards, the mean over its examples, a scalar on the tape; NULL
     * when the tape has failed, or after an error of the task. A shard of a small last batch may be
     * empty: then NULL, and no examples counted. Shards are requested in order; a batch of a task
     * without carried state may be requested twice. */
    Tensor *(*loss)(void *context, int slot, int shard, Tape *tape, StepCount *count, Error *error);
    /* Evaluates the current model on those shards of the validation data (one shard if the task is
     * not divisible), and adds what shard shards.first + i gives to sums[i]; it must depend only on
     * the number of shards. */
    int (*validate)(void *context, Tape *tape, Shards shards, ValidationSums *sums, Error *error);
    /* Writes the model file, with `metadata` (an object of strings) added to its own. */
    int (*save)(void *context, const char *path, json_t *metadata, Error *error);
} TrainTask;

#endif
