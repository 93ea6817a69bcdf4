/* face_load.h: loads the faces given with --data. */
#ifndef DATASETS_FACES_FACE_LOAD_H
#define DATASETS_FACES_FACE_LOAD_H

#include "datasets/faces/face_set.h"

/* The size of `--data synthetic`. */
enum { FACE_LOAD_SYNTHETIC_TRAINING = 7000, FACE_LOAD_SYNTHETIC_TEST = 1400 };

typedef struct FaceLoadOptions {
    bool skip_bad;        /* skip bad rows and files, and count them in `skipped` */
    const char *list_bad; /* a file to list all of them in, or NULL */
    FaceSplit unsplit;    /* the split of faces without one in the data */
    uint64_t seed;        /* of the synthetic faces */
    const char *cache;    /* a file to keep the decoded faces in (face_cache.h), or NULL */
} FaceLoadOptions;

/* Reads a FER2013 CSV file (plain or gzip), a folder of pictures (face_folder.h), or draws the
 * built-in faces for the word "synthetic"; several sources, separated by commas, are concatenated.
 * A file or folder with a comma in its name must be given alone. With `list_bad` everything is read
 * before bad rows or files cause failure. With `cache`, the faces are read from that file as long
 * as it is theirs, unless bad ones are to be listed; of several processes that find none, one makes
 * it and the others wait. Returns the set (caller destroys), or NULL. */
FaceSet *face_load(const char *sources, FaceLoadOptions options, Error *error);

#endif
