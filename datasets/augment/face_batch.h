/* face_batch.h: builds the arrays of a training or evaluation step from indices into a face set. */
#ifndef DATASETS_AUGMENT_FACE_BATCH_H
#define DATASETS_AUGMENT_FACE_BATCH_H

#include "datasets/augment/augment.h"

/* Writes the inputs of the n listed faces into x (n, side, side, 1), on all OpenMP threads. With
 * `augmentation`, face i is drawn with rng_split(rng, indices[i]): use a different generator for
 * each epoch. Without (NULL), the input is that of face_input_views and rng is unused. */
void face_batch_fill(const FaceSet *set, const uint32_t *indices, int n,
                     const Augmentation *augmentation, Rng rng, const FaceInput *input, float *x);

/* Writes the labels as codes (n), and as one-hot rows (n, EMOTION_COUNT) for losses that take soft
 * targets. */
void face_batch_labels(const FaceSet *set, const uint32_t *indices, int n, int32_t *labels);
void face_batch_targets(const FaceSet *set, const uint32_t *indices, int n, float *targets);

#endif
