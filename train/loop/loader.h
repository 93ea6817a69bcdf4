/* loader.h: prepares the next batch on a separate thread while the current one is used for
 * training. */
#ifndef TRAIN_LOOP_LOADER_H
#define TRAIN_LOOP_LOADER_H

#include "train/loop/task.h"

typedef struct Loader Loader;

/* Starts preparing the shards of steps first … last-1 of the epoch, or as many times those of the
 * very first batch. NULL after an error. */
Loader *loader_start(const TrainTask *task, Shards shards, int epoch, int first, int last,
                     bool first_batch_only, Error *error);

/* Waits for the next batch and returns its slot, valid until loader_give. */
int loader_take(Loader *loader, int *slot, Error *error) MUST_CHECK;
void loader_give(Loader *loader);

/* Stops the thread, finished or not, and frees. */
void loader_stop(Loader *loader);

#endif
