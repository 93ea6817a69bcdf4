/* landmark_features.h: 68 points as numbers that a classifier of tables learns from; the same
 * function for training and for use.
 *
 * The points are turned level and measured in distances between the eyes' outer corners, with the
 * middle between the eyes as the origin, so that place, size and roll of the face are gone. */
#ifndef DATASETS_FACES_LANDMARK_FEATURES_H
#define DATASETS_FACES_LANDMARK_FEATURES_H

#include "datasets/faces/landmarks68.h"

enum {
    LANDMARK_KEY_POINTS = 37, /* of brows, eyes, nose, mouth, jaw */
    LANDMARK_ANGLES = 18,
    LANDMARK_RATIOS = 6,
    LANDMARK_FEATURES = 2 * LANDMARKS + LANDMARK_KEY_POINTS * (LANDMARK_KEY_POINTS - 1) / 2 +
                        LANDMARK_ANGLES + LANDMARK_RATIOS
};

/* Writes them: every point's place; the distances among the key points; the slopes, in radians, of
 * lines along brows, lids, lips and nose; how wide open eyes and mouth are and how it bends. */
void landmark_features(const Point points[LANDMARKS], float features[LANDMARK_FEATURES]);

enum { LANDMARK_FEATURE_NAME = 32 };
/* What feature i is: "x of 12", "distance 3-41", "slope 17-21", "openness of the left eye". */
const char *landmark_feature_name(int i, char name[LANDMARK_FEATURE_NAME]);

#endif
