/* detection_score.h: how well a detector's boxes agree with the true ones. */
#ifndef DATASETS_DETECTION_DETECTION_SCORE_H
#define DATASETS_DETECTION_DETECTION_SCORE_H

#include "datasets/detection/box_set.h"

/* A true box counts as found by a box with at least this overlap (intersection over union). */
#define DETECTION_OVERLAP 0.4f

typedef struct DetectionScore DetectionScore;

/* Faces whose smaller side is below `smallest` pixels, or that the list marks as invalid, are
 * ignored: a box on one of them is not a false positive, and missing it is not a miss. Free with
 * detection_score_destroy; NULL when out of memory. */
DetectionScore *detection_score_create(float smallest);
void detection_score_destroy(DetectionScore *score);

/* Adds a picture's boxes, best first. Each face is matched to the best box that overlaps it enough;
 * further ones are false positives. */
int detection_score_add(DetectionScore *score, const TruthBox *truth, int n_truth,
                        const ScoredBox *found, int n_found, Error *error) MUST_CHECK;

int detection_score_faces(const DetectionScore *score);
int detection_score_pictures(const DetectionScore *score);

/* The area under the precision-recall curve with precision made monotonic (PASCAL VOC 2010), 0 … 1.
 */
double detection_score_average_precision(const DetectionScore *score);

/* The recall at no more than `mistakes` false positives per picture; `*threshold` (may be NULL)
 * becomes the lowest score of a box counted there. */
double detection_score_recall(const DetectionScore *score, double mistakes, float *threshold);

#endif
