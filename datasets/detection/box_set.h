/* box_set.h: pictures with the boxes of their faces, in the format of WIDER FACE.
 *
 * The list is a text file: a picture's path below the list's folder, the number of its boxes, then
 * a line "x y width height blur expression illumination invalid occlusion pose" for each (0 boxes
 * may be followed by one line of zeros, as in WIDER's own files). */
#ifndef DATASETS_DETECTION_BOX_SET_H
#define DATASETS_DETECTION_BOX_SET_H

#include "datasets/media/image.h"
#include "nn/models/box_decode.h"

#include <stdbool.h>

typedef struct TruthBox {
    ScoredBox box; /* score unused */
    bool ignored;  /* marked invalid: neither a positive nor a negative */
} TruthBox;

typedef struct BoxPicture {
    char *path;
    TruthBox *boxes;
    int n_boxes;
    int photograph; /* the first picture cut from the same photograph */
    Image grey;     /* empty until box_set_load_pictures */
} BoxPicture;

typedef struct BoxSet {
    BoxPicture *pictures;
    int n_pictures;
} BoxSet;

/* Reads the list (a file, or a folder with bbx_gt.txt). Free with box_set_destroy. NULL with a
 * message that names the line. */
BoxSet *box_set_read(const char *path, Error *error) MUST_CHECK;
void box_set_destroy(BoxSet *set);

/* Adds the pictures of a folder, at any depth, as pictures without a face. */
int box_set_add_empty(BoxSet *set, const char *folder, Error *error) MUST_CHECK;

/* Adds faces with 68 landmarks (landmark_set.h: tables separated by commas), each a picture with
 * one box around its points, as in WIDER FACE: from the hairline to the chin. */
int box_set_add_landmarks(BoxSet *set, const char *tables, Error *error) MUST_CHECK;

/* Reads every picture as grey. */
int box_set_load_pictures(BoxSet *set, Error *error) MUST_CHECK;

/* Boxes that are not ignored and whose smaller side is at least `smallest`. */
int box_set_count(const BoxSet *set, float smallest);

#endif
