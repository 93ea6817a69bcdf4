/* box_augment.h: windows of pictures with boxes, for training a detector. */
#ifndef DATASETS_AUGMENT_BOX_AUGMENT_H
#define DATASETS_AUGMENT_BOX_AUGMENT_H

#include "datasets/detection/box_set.h"
#include "nn/base/rng.h"

typedef struct BoxAugmentation {
    float smallest, largest; /* side of the face that the window is taken around, in its pixels */
    float tilt;              /* half of the windows are rotated by up to this many degrees … */
    float sway;              /* … and the others by up to this many, either way */
    float flip;              /* mirrored with this probability */
    float empty;             /* taken at a random place with this probability, face or not */
    float light;             /* contrast, brightness and gamma are changed with this probability */
    float dark;              /* darkened down to a tenth with this probability */
    float blur;              /* blurred with this probability */
} BoxAugmentation;

/* Draws a window of side × side from the picture (its grey is loaded): one of its faces, at a size
 * drawn log-uniformly, anywhere in the window; beyond the picture's border pixels are 0. Writes the
 * pixels and the boxes whose centre lies in the window, in its coordinates, for which there is room
 * as for all of the picture's; boxes with too few pixels are marked as ignored. Returns the number
 * of boxes. */
int box_augment(const BoxPicture *picture, const BoxAugmentation *augmentation, Rng rng, int side,
                uint8_t *pixels, TruthBox *boxes);

#endif
