/* landmark_model.h: 68 points on a face that a detector has found. */
#ifndef INFER_FACES_LANDMARK_MODEL_H
#define INFER_FACES_LANDMARK_MODEL_H

#include "datasets/faces/landmarks68.h"
#include "infer/faces/detect/box.h"

typedef struct LandmarkModel LandmarkModel;

/* Reads the weights of `affekt train landmarks`; NULL: the shipped ones. */
LandmarkModel *landmark_model_open(const char *path, Error *error) MUST_CHECK;
void landmark_model_destroy(LandmarkModel *model);

/* The window in which to look first at a face in that square (as face_finder_find gives it). */
FaceWindow landmark_model_window(Box square);

/* Places the points, in pixels of the picture: a look at the window, then a second one at the
 * window that the points of the first ask for, turned level. */
int landmark_model_place(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                         Point points[LANDMARKS], Error *error) MUST_CHECK;

#endif
