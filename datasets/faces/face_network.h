/* face_network.h: the requirements on a face network's file, shared by all that fine-tune it,
 * distil from it or run it: outputs for the seven emotions, in any order and in any spelling of
 * emotion.h, and an input no larger than a face. */
#ifndef DATASETS_FACES_FACE_NETWORK_H
#define DATASETS_FACES_FACE_NETWORK_H

#include "nn/models/image_classifier.h"

/* Checks the network, and gives its outputs the order and names of emotion.h. `name` is for
 * messages. */
int face_network_settle(ImageClassifier *network, const char *name, Error *error) MUST_CHECK;

/* Loads an image classifier and settles it. NULL after an error. */
ImageClassifier *face_network_load(const char *path, Error *error);

#endif
