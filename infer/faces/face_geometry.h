/* face_geometry.h: head pose and the opening of eyes and mouth from 68 landmarks. Plain geometry:
 * ratios of distances, no action units. */
#ifndef INFER_FACES_FACE_GEOMETRY_H
#define INFER_FACES_FACE_GEOMETRY_H

#include "datasets/detection/landmarks68.h"

typedef struct FaceGeometry {
    float roll;       /* clockwise tilt of the head in the picture, degrees */
    float yaw, pitch; /* degrees, roughly: to the picture's right, and down; 0 = straight ahead */
    float left_eye, right_eye; /* height over width of the eye at the picture's left and right
                                  (eye aspect ratio, Soukupová and Čech 2016): 0.3 open, below 0.2
                                  closed */
    float mouth_open;          /* height over width of the inner lips */
    float brows;      /* height of the brows above the eyes, in units of the distance of the eyes'
                         corners */
    float brow_slope; /* degrees by which the brows' inner ends are above their outer ones */
    float smile;      /* how far the mouth's corners are above its middle, in mouth widths */
} FaceGeometry;

FaceGeometry face_geometry(const Point points[LANDMARKS]);

#endif
