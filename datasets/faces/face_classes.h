/* face_classes.h: what a network must be to read faces, whoever loads it. */
#ifndef DATASETS_FACES_FACE_CLASSES_H
#define DATASETS_FACES_FACE_CLASSES_H

#include "datasets/faces/emotion.h"
#include "nn/models/image_classifier.h"

/* Finds the emotion that each output of the network stands for, in any order and spelling that
 * emotion.h knows. Fails when its classes are not the seven emotions, or its input is larger than a
 * face. `name` is for messages. */
int face_classes_match(const ImageClassifierInfo *info, const char *name,
                       Emotion meant[EMOTION_COUNT], Error *error) MUST_CHECK;

#endif
