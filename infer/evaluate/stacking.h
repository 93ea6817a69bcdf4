/* stacking.h: combines several sources of probabilities (Wolpert, "Stacked generalization", 1992).
 *
 * log p of a class is, up to normalisation, Σ over sources of weight · the source's log p of it,
 * plus a bias of the class: each source and class has its own weight. For a single source this is
 * vector scaling (Guo et al. 2017), which recalibrates it. Fitted on labelled rows that no source
 * was trained on. */
#ifndef INFER_EVALUATE_STACKING_H
#define INFER_EVALUATE_STACKING_H

#include "datasets/faces/emotion.h"
#include "nn/base/error.h"

#include <stdint.h>

enum { STACKING_SOURCES = 4 }; /* at most */

typedef struct Stacking {
    int sources;
    double weight[STACKING_SOURCES][EMOTION_COUNT], bias[EMOTION_COUNT];
} Stacking;

/* Minimises the mean cross-entropy plus `penalty` / 2 times the squared distance of the weights
 * from 1 for the first source and 0 for the others: without rows the result is the first source.
 * The problem is convex; iterates until convergence, for 2,000 steps at most.
 * probabilities[s] is (n, EMOTION_COUNT). */
Stacking stacking_fit(const float *const *probabilities, int sources, const uint8_t *labels,
                      uint32_t n, double penalty);

/* The probabilities (EMOTION_COUNT) of one row, given each source's. */
void stacking_apply(const Stacking *stacking, const float *const *sources, float *probabilities);

#endif
