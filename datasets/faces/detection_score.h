/* detection_score.h: how well a detector's boxes agree with the true ones. */
#ifndef DATASETS_FACES_DETECTION_SCORE_H
#define DATASETS_FACES_DETECTION_SCORE_H

#include "datasets/faces/box_set.h"

/* A true box counts as found by a box that overlaps it by this much (intersection over union). */
#define DETECTION_OVERLAP 0.4f

typedef struct DetectionScore DetectionScore;

/* Faces whose smaller side is below `smallest` pixels, or that the list marks as invalid, count
 * neither way: a box on one of them is no mistake, and missing it is none. Free with
 * detection_score_destroy; NULL when memory is out. */
DetectionScore *detection_score_create(float smallest);
void detection_score_destroy(DetectionScore *score);

/* Adds a picture's boxes, best first. Each face is given to the best box that overlaps it enough;
 * a second one is a mistake. */
int detection_score_add(DetectionScore *score, const TruthBox *truth, int n_truth,
                        const ScoredBox *found, int n_found, Error *error) MUST_CHECK;

int detection_score_faces(const DetectionScore *score);
int detection_score_pictures(const DetectionScore *score);

/* The area under precision over recall, precision made falling (PASCAL VOC 2010), 0 … 1. */
double detection_score_average_precision(const DetectionScore *score);

/* The share of faces found where mistakes are at most so many a picture; `*threshold` (may be NULL)
 * becomes the lowest score of a box counted there. */
double detection_score_recall(const DetectionScore *score, double mistakes, float *threshold);

#endif
