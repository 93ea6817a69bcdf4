/* face_network.h: trained face networks that a training starts from or learns from. */
#ifndef TRAIN_TASKS_FACE_NETWORK_H
#define TRAIN_TASKS_FACE_NETWORK_H

#include "nn/models/image_classifier.h"

/* Loads an image classifier and checks that its classes are the seven emotions in the order of
 * datasets/faces/emotion.h. NULL after an error. */
ImageClassifier *face_network_load(const char *path, Error *error);

#endif
