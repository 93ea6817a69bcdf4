/* detector_task.h: the training task of a face detector. */
#ifndef TRAIN_TASKS_DETECTOR_TASK_H
#define TRAIN_TASKS_DETECTOR_TASK_H

#include "datasets/augment/box_augment.h"
#include "nn/models/box_network.h"
#include "train/loop/trainer.h"

typedef struct DetectorTaskSettings {
    int width;  /* channels of the network's maps */
    int window; /* side of the training windows, a multiple of BOX_MULTIPLE */
    int batch;
    int windows;       /* per picture and epoch */
    const char *start; /* a model file to start from, or NULL for fresh weights */
    uint64_t seed;
    BoxAugmentation augmentation;
} DetectorTaskSettings;

typedef struct DetectorTask DetectorTask;

/* Builds the network. A tenth of the pictures, chosen by the seed, is held out: the score is the
 * average precision on them (faces of at least 20 pixels). The set, whose pictures are loaded, must
 * outlive the task. */
DetectorTask *detector_task_create(const BoxSet *set, const DetectorTaskSettings *settings,
                                   Error *error) MUST_CHECK;
void detector_task_destroy(DetectorTask *task);

TrainTask detector_task_describe(DetectorTask *task);
int detector_task_training_pictures(const DetectorTask *task);
int64_t detector_task_multiply_adds(const DetectorTask *task);

#endif
