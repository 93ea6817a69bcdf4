/* annotation.h: a picture with its faces marked: a box, the emotion and its probability, and the 68
 * landmarks if available. */
#ifndef INFER_FACES_ANNOTATION_H
#define INFER_FACES_ANNOTATION_H

#include "infer/faces/watcher.h"

/* Draws onto the picture (IMAGE_RGB). With `ids`, also the faces' ids. */
int annotation_draw(Image *picture, const WatchedFace *faces, int n, bool ids,
                    Error *error) MUST_CHECK;

#endif
