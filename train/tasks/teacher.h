/* teacher.h: trained networks to distil a student from (Hinton, Vinyals and Dean 2015, "Distilling
 * the knowledge in a neural network").
 *
 * Teacher and student get the same augmented and mixed picture, so that the student matches a
 * function and not a table (Beyer et al. 2022, "Knowledge distillation: a good teacher is patient
 * and consistent"). */
#ifndef TRAIN_TASKS_TEACHER_H
#define TRAIN_TASKS_TEACHER_H

#include "datasets/faces/face_input.h"

typedef struct Teacher Teacher;

/* Loads the model files named in `paths`, separated by commas; their calibrated probabilities are
 * averaged, or, `shared`, each tells those of its share of a batch's faces: since cross-entropy is
 * linear in its targets and batches are drawn at random, the expected gradient is the same, for the
 * cost of one, as far as the teachers divide the faces evenly (by turns, see below). `input` is the
 * normalisation of the student's batches; the teachers must have the same input side. NULL after an
 * error. */
Teacher *teacher_load(const char *paths, bool shared, const FaceInput *input, Error *error);
void teacher_destroy(Teacher *teacher);

/* Of the networks' weights and calibrations. */
uint64_t teacher_checksum(const Teacher *teacher);

/* From now on the teachers round as a tape does (tape_use_bfloat16), or not again. */
void teacher_use_bfloat16(Teacher *teacher, bool use);

/* Mixes the predictions for a batch x (n, side, side, 1) into its targets (n, EMOTION_COUNT):
 * targets = (1 - weight) targets + weight × probabilities. Teachers that share take their parts in
 * the order of `paths`, from the one of index `turn` modulo their number on; where turns take
 * turns, what does not divide evenly does so on average. Uses all threads; the result does not
 * depend on their number. Allocates nothing from the second call on. */
int teacher_blend(Teacher *teacher, const float *x, int n, int turn, float weight, float *targets,
                  Error *error) MUST_CHECK;

#endif
