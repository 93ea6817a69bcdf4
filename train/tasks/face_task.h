/* face_task.h: the training task of a face classifier. */
#ifndef TRAIN_TASKS_FACE_TASK_H
#define TRAIN_TASKS_FACE_TASK_H

#include "datasets/augment/augment.h"
#include "nn/models/image_classifier.h"
#include "train/loop/trainer.h"

typedef struct FaceTaskSettings {
    const char *arch;
    int size; /* the input's side: 48, or less for random crops */
    int batch;
    uint64_t seed;
    float dropout, block_dropout, label_smoothing;
    bool class_weights;   /* weight each class by its inverse frequency */
    bool drop_leaks;      /* leave out training faces that also occur in a test split */
    const char *start;    /* a model file to start from, or NULL for fresh weights */
    const char *teacher;  /* model files to distil from, separated by commas, or NULL */
    bool share_teachers;  /* each tells its share of a batch (teacher.h) */
    const char *votes;    /* annotators' votes (face_votes.h), or NULL: with them, targets are the
                             shares of votes, and validation uses the majority */
    float teacher_weight; /* weight of the teacher's prediction in the targets */
    Augmentation augmentation;
} FaceTaskSettings;

typedef struct FaceTask FaceTask;

/* Builds the network for the set's training faces. Validates on PublicTest, or where the set has
 * none, on a tenth of the training pictures, held out by the seed with all their copies. With
 * votes, faces for which fewer than half of the annotators chose an emotion are not used for
 * training, those without a majority for one not for validation; faces without votes keep their
 * labels. The set must outlive the task. */
FaceTask *face_task_create(const FaceSet *set, const FaceTaskSettings *settings, Error *error);
void face_task_destroy(FaceTask *task);

/* The task as passed to the trainer. */
TrainTask face_task_describe(FaceTask *task);

ImageClassifier *face_task_model(const FaceTask *task);
/* The indices in the set of its training and validation faces; owned by the task. */
const uint32_t *face_task_training(const FaceTask *task, uint32_t *count);
const uint32_t *face_task_validation(const FaceTask *task, uint32_t *count);

/* Writes a contact sheet of augmented training faces. */
int face_task_preview(const FaceTask *task, const char *path, Error *error) MUST_CHECK;

#endif
