#include "datasets/detection/landmark_features.h"

#include <math.h>
#include <stdio.h>

enum { DISTANCES = LANDMARK_KEY_POINTS * (LANDMARK_KEY_POINTS - 1) / 2 };

static const int keys[LANDMARK_KEY_POINTS] = {
    17, 19, 21, 22, 24, 26,                         /* brows */
    36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, /* eyes */
    30, 31, 33, 35,                                 /* nose */
    48, 50, 51, 52, 54, 56, 57, 58, 60, 62, 64, 66, /* mouth */
    4,  8,  12,                                     /* jaw */
};

static const int lines[LANDMARK_ANGLES][2] = {
    {17, 19}, {19, 21}, {22, 24}, {24, 26}, {17, 21}, {22, 26}, /* brows */
    {36, 37}, {38, 39}, {42, 43}, {44, 45},                     /* upper lids */
    {48, 51}, {51, 54}, {48, 57}, {57, 54}, {60, 62}, {62, 64}, /* lips */
    {31, 33}, {33, 35},                                         /* the nose's wings */
};

static const char *const ratios[LANDMARK_RATIOS] = {
    "openness of the left eye", "openness of the right eye", "openness of the inner lips",
    "openness of the lips",     "height of the left corner", "height of the right corner",
};

static void normalise(const Point points[LANDMARKS], Point p[LANDMARKS]) {
    float roll = landmarks_roll(points), eyes = landmarks_eye_distance(points);
    float c = point_ratio(cosf(roll), eyes), s = point_ratio(sinf(roll), eyes);
    Point origin = landmarks_eyes_middle(points);
    for (int i = 0; i < LANDMARKS; i++) {
        float x = points[i].x - origin.x, y = points[i].y - origin.y;
        p[i] = (Point){c * x + s * y, c * y - s * x};
    }
}

void landmark_features(const Point points[LANDMARKS], float features[LANDMARK_FEATURES]) {
    Point p[LANDMARKS];
    normalise(points, p);
    for (int i = 0; i < LANDMARKS; i++) {
        *features++ = p[i].x;
        *features++ = p[i].y;
    }
    for (int i = 0; i < LANDMARK_KEY_POINTS; i++)
        for (int j = i + 1; j < LANDMARK_KEY_POINTS; j++)
            *features++ = point_distance(p[keys[i]], p[keys[j]]);
    for (int i = 0; i < LANDMARK_ANGLES; i++) {
        Point from = p[lines[i][0]], to = p[lines[i][1]];
        *features++ = atan2f(to.y - from.y, to.x - from.x);
    }
    float width = point_distance(p[48], p[54]);
    Point lips = point_middle(p[51], p[57]);
    *features++ = landmarks_eye_openness(p + 36);
    *features++ = landmarks_eye_openness(p + 42);
    *features++ = landmarks_lip_openness(p);
    *features++ = point_ratio(point_distance(p[51], p[57]), width);
    *features++ = point_ratio(lips.y - p[48].y, width);
    *features++ = point_ratio(lips.y - p[54].y, width);
}

/* The key points of distance i. */
static void pair_of(int i, int *first, int *second) {
    for (*first = 0; i >= LANDMARK_KEY_POINTS - 1 - *first; (*first)++)
        i -= LANDMARK_KEY_POINTS - 1 - *first;
    *second = *first + 1 + i;
}

const char *landmark_feature_name(int i, char name[LANDMARK_FEATURE_NAME]) {
    if (i < 2 * LANDMARKS) {
        snprintf(name, LANDMARK_FEATURE_NAME, "%c of %d", i % 2 ? 'y' : 'x', i / 2);
        return name;
    }
    i -= 2 * LANDMARKS;
    if (i < DISTANCES) {
        int first, second;
        pair_of(i, &first, &second);
        snprintf(name, LANDMARK_FEATURE_NAME, "distance %d-%d", keys[first], keys[second]);
        return name;
    }
    i -= DISTANCES;
    if (i < LANDMARK_ANGLES)
        snprintf(name, LANDMARK_FEATURE_NAME, "slope %d-%d", lines[i][0], lines[i][1]);
    else
        snprintf(name, LANDMARK_FEATURE_NAME, "%s", ratios[i - LANDMARK_ANGLES]);
    return name;
}
