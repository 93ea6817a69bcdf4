/* face_framing.h: the network's input square for a detector's box.
 *
 * The network was trained on faces framed as in FER2013. Faces from a camera must be cropped alike,
 * or all predictions are biased (webcam faces that always look sad or neutral). The framing is
 * defined only here. */
#ifndef INFER_FACES_FACE_FRAMING_H
#define INFER_FACES_FACE_FRAMING_H

#include "datasets/media/image.h"
#include "infer/faces/detect/box.h"

/* The square's side and centre, in units of the detector's box. */
typedef struct FaceFraming {
    float scale; /* side of the square */
    float down;  /* how far its centre is below the box's centre */
} FaceFraming;

/* Measured in two ways (experiments/live). FER2013's own pictures, placed in a larger frame, are
 * detected in boxes of 0.98 of their side (median of those detected), centred within 0.003 of it:
 * FER2013 was cropped with this same detector. And networks trained on it classify labelled
 * photographs best when the square is 0.85 … 0.9 of the box (mean log-likelihood -0.73 at 0.9,
 * -0.81 at 1, -0.96 at 1.2 for 69 faces); moving it up or down changes little. */
static const FaceFraming FACE_FRAMING_DEFAULT = {0.9f, 0.0f};

/* The square to crop; it may extend beyond the picture. */
Box face_framing_square(FaceFraming framing, Box detected);

/* A square crop of a picture. Initialise with zeros; reuse from face to face; free with
 * face_crop_free. */
typedef struct FaceCrop {
    GreyView view; /* into the picture, or into `memory` where the square extends beyond it */
    uint8_t *memory;
    size_t capacity;
} FaceCrop;

/* Sets the view to the square. Outside the picture its border is replicated. */
int face_crop_take(FaceCrop *crop, GreyView picture, Box square, Error *error) MUST_CHECK;
void face_crop_free(FaceCrop *crop);

#endif
