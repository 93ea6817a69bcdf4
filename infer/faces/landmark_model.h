/* landmark_model.h: 68 landmarks on a detected face. */
#ifndef INFER_FACES_LANDMARK_MODEL_H
#define INFER_FACES_LANDMARK_MODEL_H

#include "datasets/detection/landmarks68.h"
#include "infer/faces/detect/box.h"

typedef struct LandmarkModel LandmarkModel;

/* Reads the weights of `affekt train landmarks`; NULL: the shipped ones. */
LandmarkModel *landmark_model_open(const char *path, Error *error) MUST_CHECK;
void landmark_model_destroy(LandmarkModel *model);

/* The initial window for a face in that square (from face_finder_find). */
FaceWindow landmark_model_window(Box square);
/* The window in that one's place for a face in the same square that is tilted by `turn` (radians).
 */
FaceWindow landmark_model_turned(const FaceWindow *window, float turn);

/* Predicts the points, in pixels of the picture, in two passes of the network: one on the window,
 * and one on the mirror image of the window that its points give, turned upright. */
int landmark_model_place(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                         Point points[LANDMARKS], Error *error) MUST_CHECK;

/* The same for a face that may lie on its side or be upside down: where both passes disagree, it is
 * placed as seen in another quarter turn if they agree there. */
int landmark_model_search(LandmarkModel *model, GreyView picture, const FaceWindow *window,
                          Point points[LANDMARKS], Error *error) MUST_CHECK;

/* Improves points that are near a face's, such as those of a video's last frame: the mean of what
 * the network predicts in the window that they give, turned upright, and in its mirror image. */
int landmark_model_refine(LandmarkModel *model, GreyView picture, Point points[LANDMARKS],
                          Error *error) MUST_CHECK;

/* Whether the points are near enough to those of a face in that square to be refined. */
bool landmark_model_follows(const Point points[LANDMARKS], Box square);

#endif
