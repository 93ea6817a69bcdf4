/* face_finder.h: one interface to all face detectors.
 *
 * A trained network (network_detector.h) or a cascade (face_detector.h). Both return squares
 * around faces as the cascade draws them, so that later steps (framing, tracking) are the same. */
#ifndef INFER_FACES_DETECT_FACE_FINDER_H
#define INFER_FACES_DETECT_FACE_FINDER_H

#include "infer/faces/detect/face_detector.h"
#include "infer/faces/detect/network_detector.h"

typedef struct FaceFinder FaceFinder;

/* The default detector. */
#define FACE_FINDER_DEFAULT "net"

/* Which detector is meant: `detector` itself, or without it "haar" when a cascade is named, else
 * FACE_FINDER_DEFAULT. NULL with a message for a cascade beside a network, which uses none. */
const char *face_finder_choose(const char *detector, const char *cascade, Error *error) MUST_CHECK;

/* `detector` is "haar", "net" (the shipped network), the file of a network's weights, or NULL, as
 * in face_finder_choose. `cascade` is as for face_detector_open. */
FaceFinder *face_finder_open(const char *detector, const char *cascade, Error *error) MUST_CHECK;
void face_finder_destroy(FaceFinder *finder);

/* As face_detector_find. The network uses only the sizes, and accepts lower scores where fewer
 * neighbours than the default are asked for; its faces' `neighbours` are scores in per cent, and
 * its squares extend beyond the picture where a face does. */
int face_finder_find(FaceFinder *finder, GreyView picture, const DetectorSettings *settings,
                     const FaceBox **faces, Error *error) MUST_CHECK;

/* Converts a box as annotated in WIDER FACE, from forehead to chin, to the square that the cascade
 * would return. */
Box face_finder_square(const ScoredBox *box);

#endif
