/* face_geometry.h: what 68 points say of a face: how the head is turned, and how wide open eyes and
 * mouth are. Plain geometry: ratios of distances, no judgement of muscles. */
#ifndef INFER_FACES_FACE_GEOMETRY_H
#define INFER_FACES_FACE_GEOMETRY_H

#include "datasets/faces/landmarks68.h"

typedef struct FaceGeometry {
    float roll;       /* degrees the head is tilted clockwise, as the picture shows it */
    float yaw, pitch; /* degrees, roughly: to the picture's right, and down; 0 = straight ahead */
    float left_eye, right_eye; /* height over width of the eye at the picture's left and right
                                  (eye aspect ratio, Soukupová and Čech 2016): 0.3 open, below 0.2
                                  closed */
    float mouth_open;          /* height over width of the inner lips */
    float brows;      /* height of the brows above the eyes, in distances of the eyes' corners */
    float brow_slope; /* degrees that the brows' inner ends stand above their outer ones */
    float smile; /* how far the mouth's corners stand above its middle, in widths of the mouth */
} FaceGeometry;

FaceGeometry face_geometry(const Point points[LANDMARKS]);

#endif
