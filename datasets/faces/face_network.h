/* face_network.h: what a network's file must hold to be one of faces, said once for whoever trains
 * from it, learns from it or runs it: outputs that mean the seven emotions, in any order and
 * spelling that emotion.h knows, and an input no larger than a face. */
#ifndef DATASETS_FACES_FACE_NETWORK_H
#define DATASETS_FACES_FACE_NETWORK_H

#include "nn/models/image_classifier.h"

/* Checks the network, and puts its outputs in the order and under the names of emotion.h. `name` is
 * for messages. */
int face_network_settle(ImageClassifier *network, const char *name, Error *error) MUST_CHECK;

/* Loads an image classifier and settles it. NULL after an error. */
ImageClassifier *face_network_load(const char *path, Error *error);

#endif
