/* face_detector.h: runs a cascade over all windows of a picture, at all sizes.
 *
 * The search is OpenCV's detectMultiScale, step by step: the same sizes, the same bilinear copies
 * of the picture, the same windows, the same arithmetic, the same grouping. It finds the same boxes
 * as OpenCV, for any number of threads and on every instruction set. */
#ifndef INFER_FACES_DETECT_FACE_DETECTOR_H
#define INFER_FACES_DETECT_FACE_DETECTOR_H

#include "datasets/media/image.h"
#include "infer/faces/detect/box.h"
#include "infer/faces/detect/cascade/cascade.h"
#include "nn/kernels/isa.h"

typedef struct FaceDetector FaceDetector;

typedef struct DetectorSettings {
    double scale_step; /* each size is this many times the one before, > 1 */
    int neighbours; /* a face needs more than this many agreeing windows; 0 returns every window */
    int smallest;   /* side of the smallest face in pixels */
    int largest;    /* side of the largest, 0 = limited by the picture */
    int threads;    /* at least 1 */
} DetectorSettings;

/* The parameters that most programs use with OpenCV. */
static const DetectorSettings DETECTOR_DEFAULTS = {1.1, 5, 30, 0, 1};

/* Opens the cascade that cascade_locate finds under the name (NULL: CASCADE_DEFAULT). */
FaceDetector *face_detector_open(const char *name, Error *error) MUST_CHECK;

/* Takes ownership of the cascade (also when it fails, with NULL). */
FaceDetector *face_detector_create(Cascade *cascade, Isa isa, Error *error) MUST_CHECK;

void face_detector_destroy(FaceDetector *detector);

/* Finds the faces of a picture. `*faces` is ordered by neighbours, most first; it belongs to the
 * detector and is valid until its next use. Returns how many, or -1. A detector serves one caller
 * at a time, and reuses its memory for the next picture. */
int face_detector_find(FaceDetector *detector, GreyView picture, const DetectorSettings *settings,
                       const FaceBox **faces, Error *error) MUST_CHECK;

#endif
