/* face_load.h: faces from whatever the user names with --data. */
#ifndef DATASETS_FACES_FACE_LOAD_H
#define DATASETS_FACES_FACE_LOAD_H

#include "datasets/faces/face_set.h"

/* The size of `--data synthetic`. */
enum { FACE_LOAD_SYNTHETIC_TRAINING = 7000, FACE_LOAD_SYNTHETIC_TEST = 1400 };

typedef struct FaceLoadOptions {
    bool skip_bad;        /* leave out bad rows and files, and count them in `skipped` */
    const char *list_bad; /* a file to list all of them in, or NULL */
    FaceSplit unsplit;    /* the split of faces for which the data name none */
    uint64_t seed;        /* of the synthetic faces */
} FaceLoadOptions;

/* Reads a FER2013 CSV file (plain or gzip), a folder of pictures (face_folder.h), or draws the
 * built-in faces for the word "synthetic"; of several sources separated by commas, all, one after
 * the other. A file or folder whose own name has a comma is found when it stands alone. With
 * `list_bad` all is read before bad rows or files fail. Returns
 * the set (caller destroys), or NULL. */
FaceSet *face_load(const char *sources, FaceLoadOptions options, Error *error);

#endif
