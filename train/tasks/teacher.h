/* teacher.h: trained networks that a student learns from (Hinton, Vinyals and Dean 2015,
 * "Distilling the knowledge in a neural network").
 *
 * Teacher and student look at the very same augmented and blended picture, so that the student
 * matches a function and not a table (Beyer et al. 2022, "Knowledge distillation: a good teacher is
 * patient and consistent"). */
#ifndef TRAIN_TASKS_TEACHER_H
#define TRAIN_TASKS_TEACHER_H

#include "datasets/faces/face_input.h"

typedef struct Teacher Teacher;

/* Loads the model files whose names stand in `paths` separated by commas; their probabilities,
 * softmax(logits / temperature), are averaged. `input` is what the student's batches are
 * normalised by; the teachers must see windows of the same side. NULL after an error. */
Teacher *teacher_load(const char *paths, const FaceInput *input, Error *error);
void teacher_destroy(Teacher *teacher);

/* Blends the opinion on a batch x (n, side, side, 1) into its targets (n, EMOTION_COUNT):
 * targets = (1 - weight) targets + weight × probabilities. Uses all threads; the result does not
 * depend on their number. Allocates nothing from the second call on. */
int teacher_blend(Teacher *teacher, const float *x, int n, float weight, float *targets,
                  Error *error) MUST_CHECK;

#endif
