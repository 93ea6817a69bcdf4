/* landmark_features.h: features of 68 landmarks for a tabular classifier, the same in training and
 * inference.
 *
 * The points are rotated upright and scaled by the distance of the outer eye corners, with the
 * midpoint between the eyes as the origin, which removes position, size and roll of the face. */
#ifndef DATASETS_DETECTION_LANDMARK_FEATURES_H
#define DATASETS_DETECTION_LANDMARK_FEATURES_H

#include "datasets/detection/landmarks68.h"

enum {
    LANDMARK_KEY_POINTS = 37, /* of brows, eyes, nose, mouth, jaw */
    LANDMARK_ANGLES = 18,
    LANDMARK_RATIOS = 6,
    LANDMARK_FEATURES = 2 * LANDMARKS + LANDMARK_KEY_POINTS * (LANDMARK_KEY_POINTS - 1) / 2 +
                        LANDMARK_ANGLES + LANDMARK_RATIOS
};

/* Writes them: every point's coordinates; the distances among the key points; the slopes, in
 * radians, of lines along brows, lids, lips and nose; the opening of eyes and mouth, and the
 * mouth's curvature. */
void landmark_features(const Point points[LANDMARKS], float features[LANDMARK_FEATURES]);

enum { LANDMARK_FEATURE_NAME = 32 };
/* The name of feature i: "x of 12", "distance 3-41", "slope 17-21", "openness of the left eye". */
const char *landmark_feature_name(int i, char name[LANDMARK_FEATURE_NAME]);

#endif
