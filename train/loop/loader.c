#include "train/loop/loader.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

struct Loader {
    const TrainTask *task;
    Shards shards;
    int epoch, first, last;
    bool first_batch_only;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int prepared, taken, given; /* batches; prepared - given is at most TRAIN_SLOTS */
    bool stop, failed;
    Error error;
};

/* Waits until a slot is free; false when the loader is to stop. */
static bool wait_for_slot(Loader *loader) {
    pthread_mutex_lock(&loader->mutex);
    while (loader->prepared - loader->given >= TRAIN_SLOTS && !loader->stop)
        pthread_cond_wait(&loader->changed, &loader->mutex);
    bool stop = loader->stop;
    pthread_mutex_unlock(&loader->mutex);
    return !stop;
}

static void *work(void *argument) {
    Loader *loader = argument;
    const TrainTask *task = loader->task;
    omp_set_num_threads(1); /* for this thread's own regions: the other processors are training */
    for (int step = loader->first; step < loader->last && !loader->failed && wait_for_slot(loader);
         step++) {
        int slot = loader->prepared % TRAIN_SLOTS;
        bool first_batch = loader->first_batch_only;
        int status =
            task->prepare(task->context, slot, loader->shards, first_batch ? 0 : loader->epoch,
                          first_batch ? 0 : step, &loader->error);
        pthread_mutex_lock(&loader->mutex);
        if (status)
            loader->failed = true;
        else
            loader->prepared++;
        pthread_cond_broadcast(&loader->changed);
        pthread_mutex_unlock(&loader->mutex);
    }
    return NULL;
}

static void destroy(Loader *loader) {
    pthread_cond_destroy(&loader->changed);
    pthread_mutex_destroy(&loader->mutex);
    free(loader);
}

Loader *loader_start(const TrainTask *task, Shards shards, int epoch, int first, int last,
                     bool first_batch_only, Error *error) {
    Loader *loader = calloc(1, sizeof *loader);
    if (!loader) {
        error_memory(error, "the batch loader", sizeof *loader);
        return NULL;
    }
    *loader = (Loader){.task = task,
                       .shards = shards,
                       .epoch = epoch,
                       .first = first,
                       .last = last,
                       .first_batch_only = first_batch_only};
    pthread_mutex_init(&loader->mutex, NULL);
    pthread_cond_init(&loader->changed, NULL);
    if (pthread_create(&loader->thread, NULL, work, loader)) {
        destroy(loader);
        error_set(error, "cannot start a thread to prepare batches");
        return NULL;
    }
    return loader;
}

int loader_take(Loader *loader, int *slot, Error *error) {
    pthread_mutex_lock(&loader->mutex);
    while (loader->prepared <= loader->taken && !loader->failed)
        pthread_cond_wait(&loader->changed, &loader->mutex);
    bool ready = loader->prepared > loader->taken;
    if (ready)
        *slot = loader->taken++ % TRAIN_SLOTS;
    pthread_mutex_unlock(&loader->mutex);
    return ready ? 0 : error_set(error, "%s", loader->error.message);
}

void loader_give(Loader *loader) {
    pthread_mutex_lock(&loader->mutex);
    loader->given++;
    pthread_cond_broadcast(&loader->changed);
    pthread_mutex_unlock(&loader->mutex);
}

void loader_stop(Loader *loader) {
    if (!loader)
        return;
    pthread_mutex_lock(&loader->mutex);
    loader->stop = true;
    pthread_cond_broadcast(&loader->changed);
    pthread_mutex_unlock(&loader->mutex);
    pthread_join(loader->thread, NULL);
    destroy(loader);
}
