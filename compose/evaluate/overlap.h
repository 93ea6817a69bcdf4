/* overlap.h: similarity of two sets of pieces (Yang and Lerch, "On the evaluation of generative
 * models in music", Neural Computing and Applications 32, 2020).
 *
 * For each of nine features the Euclidean distances among the real pieces (each pair once) and
 * those from every other piece to every real one are smoothed by a Gaussian kernel (bandwidth of
 * Scott 1992) into two densities; the area under both is 1 when the other pieces are as far from
 * the real ones as these are from each other. */
#ifndef COMPOSE_EVALUATE_OVERLAP_H
#define COMPOSE_EVALUATE_OVERLAP_H

#include "compose/evaluate/clips.h"

enum { OVERLAP_FEATURES = 9 };

/* "pitch_count", "pitch_class_histogram", "pitch_class_transitions", "pitch_range",
 * "pitch_interval", "note_count", "onset_interval", "note_lengths", "note_length_transitions" */
extern const char *const overlap_names[OVERLAP_FEATURES];

/* Writes the areas (OVERLAP_FEATURES). Both sets have at least 3 clips. */
int overlap_areas(const Clips *real, const Clips *others, double *areas, Error *error) MUST_CHECK;

/* The area under the lower of the kernel densities of x (n) and y (m), n, m ≥ 2. */
double overlap_of_samples(const float *x, int n, const float *y, int m);

#endif
