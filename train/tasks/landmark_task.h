/* landmark_task.h: the training task of a landmark network. */
#ifndef TRAIN_TASKS_LANDMARK_TASK_H
#define TRAIN_TASKS_LANDMARK_TASK_H

#include "datasets/detection/landmark_set.h"
#include "nn/models/point_network.h"
#include "train/loop/trainer.h"

typedef struct LandmarkTaskSettings {
    int width; /* channels of the network's last map */
    int batch;
    int views;                /* per face and epoch */
    float shift, scale, turn; /* up to this fraction of the window's side, this fraction, degrees */
    float again;              /* a third of that with this probability: a second pass */
    float flip, light, blur;  /* with these probabilities */
    uint64_t seed;
} LandmarkTaskSettings;

typedef struct LandmarkTask LandmarkTask;

/* Builds the network. A tenth of the photographs, chosen by the seed, is held out with all their
 * faces; the score is minus the mean error on them relative to the eye distance, from windows
 * shifted and scaled as in training but not rotated. The set must outlive the task. */
LandmarkTask *landmark_task_create(const LandmarkSet *set, const LandmarkTaskSettings *settings,
                                   Error *error) MUST_CHECK;
void landmark_task_destroy(LandmarkTask *task);

TrainTask landmark_task_describe(LandmarkTask *task);
PointNetwork *landmark_task_network(const LandmarkTask *task);

#endif
