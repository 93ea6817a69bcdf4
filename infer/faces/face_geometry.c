#include "infer/faces/face_geometry.h"

#include <math.h>

#define DEGREES (180 / (float)M_PI)

static float distance(Point a, Point b) {
    return hypotf(a.x - b.x, a.y - b.y);
}

static Point middle(Point a, Point b) {
    return (Point){0.5f * (a.x + b.x), 0.5f * (a.y + b.y)};
}

static float ratio(float above, float below) {
    return below > 0 ? above / below : 0;
}

/* Height over width of the eye whose outline begins at points[0]. */
static float eye_openness(const Point *eye) {
    return ratio(distance(eye[1], eye[5]) + distance(eye[2], eye[4]), 2 * distance(eye[0], eye[3]));
}

/* The points turned level, so that the eyes lie at one height. */
static void level(const Point points[LANDMARKS], float roll, Point out[LANDMARKS]) {
    float c = cosf(roll), s = sinf(roll);
    for (int i = 0; i < LANDMARKS; i++)
        out[i] = (Point){c * points[i].x + s * points[i].y, c * points[i].y - s * points[i].x};
}

/* The nose's tip moves across the face as the head turns: on a ball, by the sine of the angle. */
static float yaw_of(const Point p[LANDMARKS]) {
    float left = p[30].x - p[2].x, right = p[14].x - p[30].x;
    float off = ratio(left - right, left + right);
    return asinf(fmaxf(-1, fminf(1, off))) * DEGREES;
}

/* The tip's place between eyes and chin: 0.30 of the way looking straight ahead (the mean over
 * the training faces of faces68); down moves it towards the chin. */
static float pitch_of(const Point p[LANDMARKS]) {
    Point eyes = middle(middle(p[36], p[39]), middle(p[42], p[45]));
    float way = ratio(p[30].y - eyes.y, p[8].y - eyes.y);
    return asinf(fmaxf(-1, fminf(1, 2 * (way - 0.3f)))) * DEGREES;
}

static float slope(Point outer, Point inner) {
    return atan2f(outer.y - inner.y, fabsf(inner.x - outer.x)) * DEGREES;
}

FaceGeometry face_geometry(const Point points[LANDMARKS]) {
    float roll = landmarks_roll(points);
    Point p[LANDMARKS];
    level(points, roll, p);
    float eyes = landmarks_eye_distance(p), mouth = distance(p[48], p[54]);
    float eye_height = 0.25f * (p[36].y + p[39].y + p[42].y + p[45].y);
    float brow_height = 0;
    for (int i = 17; i <= 26; i++)
        brow_height += 0.1f * p[i].y;
    return (FaceGeometry){
        .roll = roll * DEGREES,
        .yaw = yaw_of(p),
        .pitch = pitch_of(p),
        .left_eye = eye_openness(p + 36),
        .right_eye = eye_openness(p + 42),
        .mouth_open = ratio(distance(p[62], p[66]), distance(p[60], p[64])),
        .brows = ratio(eye_height - brow_height, eyes),
        .brow_slope = 0.5f * (slope(p[17], p[21]) + slope(p[26], p[22])),
        .smile = ratio(0.5f * (p[51].y + p[57].y) - 0.5f * (p[48].y + p[54].y), mouth),
    };
}
