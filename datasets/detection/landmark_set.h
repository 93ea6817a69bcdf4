/* landmark_set.h: pictures of faces with their 68 landmarks. */
#ifndef DATASETS_DETECTION_LANDMARK_SET_H
#define DATASETS_DETECTION_LANDMARK_SET_H

#include "datasets/detection/landmarks68.h"

typedef struct LandmarkFace {
    char *path;
    Image grey;
    Point points[LANDMARKS]; /* the centre of the top left pixel is 0.5, 0.5 */
} LandmarkFace;

typedef struct LandmarkSet {
    LandmarkFace *faces;
    int n_faces, capacity;
} LandmarkSet;

/* Reads tables "image,…,x0,y0,…,x67,y67" (pixels, 0 = the first pixel's centre), whose pictures are
 * in a folder named like the table without ".csv"; several tables are separated by commas. Free
 * with landmark_set_destroy. NULL with a message that names the line. */
LandmarkSet *landmark_set_read(const char *tables, Error *error) MUST_CHECK;
void landmark_set_destroy(LandmarkSet *set);

/* Sets each face's group to the number of the first face of its photograph: faces that follow one
 * another, and whose files are called the same but for "_1" to "_99" at the end, are of one. Where
 * that would be more than a tenth of all faces, the files are merely counted, and each face is a
 * photograph. */
void landmark_set_photographs(const LandmarkSet *set, int *groups);

#endif
