/* face_input.h: how a face becomes the network's input, the same in training, evaluation and live.
 *
 * grey face of any size → 48×48 → window of side×side → (pixel/255 - mean) / deviation */
#ifndef DATASETS_FACES_FACE_INPUT_H
#define DATASETS_FACES_FACE_INPUT_H

#include "datasets/faces/face_set.h"
#include "datasets/media/image.h"

/* What a network expects; stored with its weights. */
typedef struct FaceInput {
    int side;              /* of the input window, 1 … 48; centred unless stated otherwise */
    float mean, deviation; /* of the training split's pixels, white = 1 */
} FaceInput;

/* Returns side 48 and the mean and deviation of the listed faces. */
FaceInput face_input_measure(const FaceSet *set, const uint32_t *indices, uint32_t count);

/* The first step: writes a face of any size, cut out as a square, as 48×48 pixels. */
void face_input_fit(GreyView face, uint8_t *pixels);

/* Views of one face. The probabilities of several are averaged. */
typedef enum FaceViews {
    FACE_VIEWS_ONE,  /* the window in the centre */
    FACE_VIEWS_FLIP, /* and its mirror image */
    FACE_VIEWS_TEN,  /* centre and four corners (Krizhevsky et al. 2012), and their mirror images */
} FaceViews;

int face_views_count(FaceViews views);

/* The second step: writes the network's input for a 48×48 face, x (face_views_count, side, side,
 * 1), the plain view first. For a network with side 48 the corners are the face shifted by 3
 * pixels, with its border replicated. */
void face_input_views(const FaceInput *input, FaceViews views, const uint8_t *face, float *x);

/* The last step alone: from pixels 0 … 255 to network input, in place. */
void face_input_normalise(const FaceInput *input, float *x, int count);

/* The reverse, for displaying network input: rounded and clamped to 0 … 255. */
void face_input_restore(const FaceInput *input, const float *x, int count, uint8_t *pixels);

#endif
