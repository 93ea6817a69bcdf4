/* task.h: what is trained: how many steps an epoch has, how a batch is prepared, what the loss of a
 * prepared batch is, how good the model is now. */
#ifndef TRAIN_LOOP_TASK_H
#define TRAIN_LOOP_TASK_H

#include "nn/core/parameters.h"
#include "nn/core/tape.h"

#include <jansson.h>

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

/* The equal parts that a batch is cut into, and which of them are meant: first … last - 1 of
 * `count`. */
typedef struct Shards {
    int first, last, count;
} Shards;

/* Where shard i of `count` begins in a batch of so many examples. */
static inline int shard_start(int examples, int i, int count) {
    return (int)((int64_t)examples * i / count);
}

enum { TRAIN_SLOTS = 2 }; /* the batch in use, and the next one in the making */

typedef struct TrainTask {
    const char *unit;       /* what a step has a number of: "images", "tokens" */
    void *context;          /* first argument of the functions */
    Parameters *parameters; /* the model's */
    bool divisible;         /* a batch can be cut into shards */
    Parameters *carried;    /* state that goes from step to step (an LSTM's), or NULL; checkpointed.
                               Where the task is divisible, a row for each example of a batch */
    uint64_t data_checksum; /* tells whether a resumed run sees the same data */

    /* Steps in an epoch (0, 1, …), which may differ; 0 when memory is out. */
    int (*steps)(void *context, int epoch);
    /* Makes those shards of batch `step` of `epoch` in the slot (0 … TRAIN_SLOTS-1); of one shard
     * where the task is not divisible. Called on a thread of its own; what a shard holds must
     * depend on nothing but epoch, step, the number of shards and the seed. */
    int (*prepare)(void *context, int slot, Shards shards, int epoch, int step, Error *error);
    /* The loss of one of the shards that the slot holds, the mean over its examples, a scalar on
     * the tape; NULL when the tape has failed, or after an error of the task's own. A shard of a
     * small last batch may be empty: then NULL, and no examples counted. Shards are asked for in
     * order; a task that carries nothing may be asked twice about a batch. */
    Tensor *(*loss)(void *context, int slot, int shard, Tape *tape, StepCount *count, Error *error);
    /* Measures the model as it stands. */
    int (*validate)(void *context, Tape *tape, Validation *result, Error *error);
    /* Writes the model file, with `metadata` (an object of strings) joined to its own. */
    int (*save)(void *context, const char *path, json_t *metadata, Error *error);
} TrainTask;

#endif
