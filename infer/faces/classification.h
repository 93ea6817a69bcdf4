/* classification.h: prints the faces found in a picture or a video frame, for people and for
 * programs. */
#ifndef INFER_FACES_CLASSIFICATION_H
#define INFER_FACES_CLASSIFICATION_H

#include "infer/faces/watcher.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct Classification {
    const char *file;
    bool video;
    double time; /* of a video frame, in seconds from the beginning */
    const WatchedFace *faces;
    int n_faces;
} Classification;

/* Prints one JSON object on one line: `file` (and `file_bytes`, as in json_text.h, where that is
 * not UTF-8), for a video `time`, and `faces`, an array of (for a video) `id`, `box` [x, y, width,
 * height], `emotion`, `confidence` (its probability), `valence` and `arousal` (-1 … 1),
 * `probabilities` by name, the detector's `score` where detection ran, and with landmarks `points`,
 * an array of [x, y], and `geometry`, the values of face_geometry.h by name. */
int classification_print_json(const Classification *seen, FILE *stream, Error *error) MUST_CHECK;

/* The values of face_geometry.h by name. Caller decrefs. */
json_t *classification_geometry(const FaceGeometry *geometry);

/* Prints the header row, and a row for each face: file, time and id (empty for a picture), x, y,
 * width, height, emotion, confidence, valence, arousal, the seven probabilities and the score.
 * Where there is no face, one row with all of these empty. */
void classification_print_csv_header(FILE *stream);
void classification_print_csv(const Classification *seen, FILE *stream);

/* Prints a picture's file, each face's emotion and box, and a bar for each probability; for a video
 * frame, one line. */
void classification_print(const Classification *seen, FILE *stream);

#endif
