/* classification.h: what was seen in a picture, told to people and to programs. */
#ifndef INFER_CLASSIFICATION_H
#define INFER_CLASSIFICATION_H

#include "datasets/emotion.h"
#include "nn/base/error.h"

#include <stdio.h>

typedef struct ClassifiedFace {
    int x, y, width, height; /* the box in the picture, in pixels from its left upper corner */
    float probabilities[EMOTION_COUNT];
} ClassifiedFace;

typedef struct Classification {
    const char *file;
    const ClassifiedFace *faces;
    int n_faces;
} Classification;

/* Prints one JSON object on one line: `file`, and `faces`, an array of `box` [x, y, width, height],
 * `emotion`, `confidence` (its probability) and `probabilities` by name. */
int classification_print_json(const Classification *seen, FILE *stream, Error *error) MUST_CHECK;

/* Prints the file, each face's emotion and box, and a bar for each probability. */
void classification_print(const Classification *seen, FILE *stream);

#endif
