/* face_task.h: what the training loop needs to know about faces. */
#ifndef TRAIN_TASKS_FACE_TASK_H
#define TRAIN_TASKS_FACE_TASK_H

#include "datasets/faces/augment.h"
#include "nn/models/image_classifier.h"
#include "train/loop/trainer.h"

typedef struct FaceTaskSettings {
    const char *arch;
    int size; /* the input's side: 48, or less for random crops */
    int batch;
    uint64_t seed;
    float dropout, block_dropout, label_smoothing;
    bool class_weights;   /* weigh each class by the inverse of its frequency */
    bool drop_leaks;      /* leave out training faces that also stand in a test split */
    const char *start;    /* a model file to begin with, or NULL for fresh weights */
    const char *teacher;  /* model files separated by commas to learn from, or NULL */
    const char *votes;    /* what people see in the faces (face_votes.h), or NULL: the targets are
                             then their shares, and validation goes by the majority */
    float teacher_weight; /* share of the teacher's opinion in the targets */
    Augmentation augmentation;
} FaceTaskSettings;

typedef struct FaceTask FaceTask;

/* Builds the network for the set's training faces. Validates on PublicTest, or where the set
 * has none, on a tenth of the training pictures, held out by the seed with all their copies. With
 * votes, faces in which fewer than half of the voters see an emotion are not trained on, those
 * without a majority for one not validated on; faces that the votes do not reach keep their labels.
 * The set must outlive the task. */
FaceTask *face_task_create(const FaceSet *set, const FaceTaskSettings *settings, Error *error);
void face_task_destroy(FaceTask *task);

/* The task as the trainer wants it. */
TrainTask face_task_describe(FaceTask *task);

ImageClassifier *face_task_model(const FaceTask *task);
/* The indices in the set of the faces that it trains on and validates on; the task's own. */
const uint32_t *face_task_training(const FaceTask *task, uint32_t *count);
const uint32_t *face_task_validation(const FaceTask *task, uint32_t *count);

/* Writes a sheet of training faces as the augmentation shows them. */
int face_task_preview(const FaceTask *task, const char *path, Error *error) MUST_CHECK;

#endif
