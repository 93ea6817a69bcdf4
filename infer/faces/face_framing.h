/* face_framing.h: the network's input square for a detector's box.
 *
 * The network was trained on faces framed as in FER2013. Faces from a camera must be cropped alike,
 * or all predictions are biased (webcam faces that always look sad or neutral). The framing is
 * defined only here. */
#ifndef INFER_FACES_FACE_FRAMING_H
#define INFER_FACES_FACE_FRAMING_H

#include "datasets/detection/landmarks68.h"
#include "datasets/media/image.h"
#include "infer/faces/detect/box.h"

/* The square's side and centre, in units of the detector's box. */
typedef struct FaceFraming {
    float scale; /* side of the square */
    float down;  /* how far its centre is below the box's centre */
} FaceFraming;

/* Set by two sets of labelled faces. 1,600 pictures of FER2013's PublicTest, enlarged four times:
 * of the 1,229 faces found, 64.4 % are classified rightly at a scale of 0.9, 65.5 % at 1, 66.6 % at
 * 1.1 (68.4 % from the whole pictures), with a mean log-likelihood of -0.97, -0.92 and -0.90. 66
 * photographs with background: 50, 51 and 48 right, -0.69, -0.68 and -0.80. Moving the square up or
 * down changes little. */
static const FaceFraming FACE_FRAMING_DEFAULT = {1.0f, 0.0f};

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
/* The same for a face that is tilted by `roll` (radians): the square is turned with it about its
 * centre, and drawn with sides of at most FACE_LEVEL_MOST pixels. */
enum { FACE_LEVEL_MOST = 192 };
int face_crop_take_turned(FaceCrop *crop, GreyView picture, Box square, float roll,
                          Error *error) MUST_CHECK;
/* For a face with these points: turned where it is tilted by more than FACE_LEVEL_BEYOND (radians).
 * The network is trained on faces that tilt less, and sees those best as they are: experiments/live
 * measures it. */
#define FACE_LEVEL_BEYOND 0.175f
int face_crop_take_level(FaceCrop *crop, GreyView picture, Box square,
                         const Point points[LANDMARKS], Error *error) MUST_CHECK;
void face_crop_free(FaceCrop *crop);

#endif
