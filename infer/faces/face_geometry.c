#include "infer/faces/face_geometry.h"

#include <math.h>

#define DEGREES (180 / (float)M_PI)

/* The points turned level, so that the eyes lie at one height. */
static void level(const Point points[LANDMARKS], float roll, Point out[LANDMARKS]) {
    float c = cosf(roll), s = sinf(roll);
    for (int i = 0; i < LANDMARKS; i++)
        out[i] = (Point){c * points[i].x + s * points[i].y, c * points[i].y - s * points[i].x};
}

/* The nose's tip moves across the face as the head turns: on a ball, by the sine of the angle. */
static float yaw_of(const Point p[LANDMARKS]) {
    float left = p[30].x - p[2].x, right = p[14].x - p[30].x;
    float off = point_ratio(left - right, left + right);
    return asinf(fmaxf(-1, fminf(1, off))) * DEGREES;
}

/* The tip's place between eyes and chin: 0.30 of the way looking straight ahead (the mean over
 * the training faces of faces68); down moves it towards the chin. */
static float pitch_of(const Point p[LANDMARKS]) {
    Point eyes = landmarks_eyes_middle(p);
    float way = point_ratio(p[30].y - eyes.y, p[8].y - eyes.y);
    return asinf(fmaxf(-1, fminf(1, 2 * (way - 0.3f)))) * DEGREES;
}

static float slope(Point outer, Point inner) {
    return atan2f(outer.y - inner.y, fabsf(inner.x - outer.x)) * DEGREES;
}

FaceGeometry face_geometry(const Point points[LANDMARKS]) {
    float roll = landmarks_roll(points);
    Point p[LANDMARKS];
    level(points, roll, p);
    float eyes = landmarks_eye_distance(p), mouth = point_distance(p[48], p[54]);
    float eye_height = 0.25f * (p[36].y + p[39].y + p[42].y + p[45].y);
    float brow_height = 0;
    for (int i = 17; i <= 26; i++)
        brow_height += 0.1f * p[i].y;
    return (FaceGeometry){
        .roll = roll * DEGREES,
        .yaw = yaw_of(p),
        .pitch = pitch_of(p),
        .left_eye = landmarks_eye_openness(p + 36),
        .right_eye = landmarks_eye_openness(p + 42),
        .mouth_open = landmarks_lip_openness(p),
        .brows = point_ratio(eye_height - brow_height, eyes),
        .brow_slope = 0.5f * (slope(p[17], p[21]) + slope(p[26], p[22])),
        .smile = point_ratio(0.5f * (p[51].y + p[57].y) - 0.5f * (p[48].y + p[54].y), mouth),
    };
}
