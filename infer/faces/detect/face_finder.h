/* face_finder.h: whatever finds faces, behind one door.
 *
 * The cascade (face_detector.h) or a trained network (network_detector.h). Both answer with squares
 * around faces as the cascade draws them, so that what follows (framing, tracking) is the same. */
#ifndef INFER_FACES_DETECT_FACE_FINDER_H
#define INFER_FACES_DETECT_FACE_FINDER_H

#include "infer/faces/detect/face_detector.h"
#include "infer/faces/detect/network_detector.h"

typedef struct FaceFinder FaceFinder;

/* What finds faces when nothing is said. */
#define FACE_FINDER_DEFAULT "haar"

/* `detector` is "haar", "net" (the shipped network), the file of a network's weights, or NULL for
 * the default: haar where a cascade is named, else FACE_FINDER_DEFAULT. `cascade` is as
 * face_detector_open takes it. */
FaceFinder *face_finder_open(const char *detector, const char *cascade, Error *error) MUST_CHECK;
void face_finder_destroy(FaceFinder *finder);

/* As face_detector_find. The network heeds the sizes, and takes less certainty where fewer
 * neighbours than the default are asked for; its faces' `neighbours` are per cent of certainty. */
int face_finder_find(FaceFinder *finder, GreyView picture, const DetectorSettings *settings,
                     const FaceBox **faces, Error *error) MUST_CHECK;

/* The box as the cascade would have drawn it, of one as WIDER FACE draws them: from forehead to
 * chin. */
Box face_finder_square(const ScoredBox *box);

#endif
