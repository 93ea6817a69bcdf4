/* face_framing.h: from a detector's box to the square that the network looks at.
 *
 * The network has learnt faces framed as FER2013's are. A camera's faces must be cut out alike, or
 * every look is off by the same mistake (webcams that read always sad or neutral). One place
 * decides it: this one. */
#ifndef INFER_FACES_FACE_FRAMING_H
#define INFER_FACES_FACE_FRAMING_H

#include "datasets/media/image.h"
#include "infer/faces/detect/box.h"

/* The square's side and centre, in units of the detector's box. */
typedef struct FaceFraming {
    float scale; /* side of the square */
    float down;  /* how far its centre lies below the box's centre */
} FaceFraming;

/* Measured in two ways (experiments/live). FER2013's own pictures, put into a larger frame, are
 * found in boxes of 0.98 of their side (the median of those found), centred within 0.003 of it:
 * FER2013 was cut out by this very detector. And labelled photographs are read best by networks
 * trained on it when the square is 0.85 … 0.9 of the box (mean log-likelihood -0.73 at 0.9, -0.81
 * at 1, -0.96 at 1.2 for 69 faces); moving it up or down changes little. */
static const FaceFraming FACE_FRAMING_DEFAULT = {0.9f, 0.0f};

/* The square to look at; it may stick out of the picture. */
Box face_framing_square(FaceFraming framing, Box detected);

/* A square cut out of a picture. Zeroed at first; kept from face to face; face_crop_free. */
typedef struct FaceCrop {
    GreyView view; /* into the picture, or into `memory` where the square sticks out */
    uint8_t *memory;
    size_t capacity;
} FaceCrop;

/* Makes the view of the square. Outside of the picture its border is repeated. */
int face_crop_take(FaceCrop *crop, GreyView picture, Box square, Error *error) MUST_CHECK;
void face_crop_free(FaceCrop *crop);

#endif
