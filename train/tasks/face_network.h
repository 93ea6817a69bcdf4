/* face_network.h: trained face networks that a training starts from or learns from. */
#ifndef TRAIN_TASKS_FACE_NETWORK_H
#define TRAIN_TASKS_FACE_NETWORK_H

#include "nn/models/image_classifier.h"

/* Loads an image classifier that reads faces (face_classes_match) and whose classes are in the
 * order of datasets/faces/emotion.h, as labels are. NULL after an error. */
ImageClassifier *face_network_load(const char *path, Error *error);

#endif
