/* landmarks68.h: the 68 points of iBUG 300-W (Sagonas et al. 2013) on a face.
 *
 * 0-16 the jaw from the picture's left to its right, 17-21 and 22-26 the brows, 27-35 the nose,
 * 36-41 and 42-47 the eyes, 48-59 the mouth's outline, 60-67 its inner edge. */
#ifndef DATASETS_DETECTION_LANDMARKS68_H
#define DATASETS_DETECTION_LANDMARKS68_H

#include "datasets/media/image.h"

#include <stdbool.h>

enum { LANDMARKS = 68 };

typedef struct Point {
    float x, y;
} Point;

/* The index of point i's counterpart in a mirrored face. */
int landmark_mirrored(int i);

float point_distance(Point a, Point b);
Point point_middle(Point a, Point b);
/* `above` / `below`, 0 where `below` is a distance of points that coincide. */
float point_ratio(float above, float below);

/* Height over width of an eye, whose outline begins at eye[0] (eye aspect ratio, Soukupová and Čech
 * 2016), and of the inner lips. */
float landmarks_eye_openness(const Point eye[6]);
float landmarks_lip_openness(const Point points[LANDMARKS]);

/* The middle of the four corners of the eyes. */
Point landmarks_eyes_middle(const Point points[LANDMARKS]);

/* The distance between the outer corners of the eyes: the unit of errors. */
float landmarks_eye_distance(const Point points[LANDMARKS]);

/* The mean distance of the points from the true ones divided by the true eye distance. */
float landmarks_error(const Point points[LANDMARKS], const Point truth[LANDMARKS]);

/* A square window of a picture, rotated and possibly mirrored. */
typedef struct FaceWindow {
    float x, y, side; /* centre and side in the picture */
    float turn;       /* radians; a face tilted clockwise by this much is upright in the window */
    bool mirrored;
} FaceWindow;

/* The input window for a face with these points: 1.35 times the larger side of their bounding box,
 * around its centre. `turn` is 0. */
FaceWindow landmarks_window(const Point points[LANDMARKS]);

/* The tilt of the line through the eyes, radians, clockwise. */
float landmarks_roll(const Point points[LANDMARKS]);

/* Draws the window as side × side pixels; beyond the border the picture's edge is replicated. */
void face_window_draw(const FaceWindow *window, GreyView picture, int side, uint8_t *pixels);

/* From the picture to the window, whose corners are ±0.5, and back. */
Point face_window_into(const FaceWindow *window, Point picture);
Point face_window_out(const FaceWindow *window, Point inside);

#endif
