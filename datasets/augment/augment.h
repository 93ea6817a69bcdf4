/* augment.h: random variants of a training face, and mixing of two.
 *
 * Every draw is a function of the given generator, so a variant does not depend on threads, on
 * order, or on which other augmentations are enabled. Zero disables an augmentation; with all at
 * zero the result is face_input's, bit for bit. */
#ifndef DATASETS_AUGMENT_AUGMENT_H
#define DATASETS_AUGMENT_AUGMENT_H

#include "datasets/augment/degrade.h"
#include "datasets/faces/face_input.h"
#include "nn/base/rng.h"

typedef struct Augmentation {
    float flip;     /* probability of a mirror image, 0 … 1 */
    float rotation; /* rotates by up to this many degrees either way */
    float scale;    /* sizes from 1/(1+scale) to 1+scale, uniform in the logarithm */
    float shear;    /* shears by up to this many degrees either way */
    float shift;    /* moves by up to this fraction of 48 pixels, either way on each axis */
    float crop;    /* moves the window by up to this many whole pixels: 2 with a window of 44 is the
                      usual random crop */
    float skip;    /* probability of skipping each of rotation, scale, shear and shift */
    float framing; /* moves and resizes like the jitter of a detector's boxes: normal, with this
                      fraction of the side as standard deviation, on each axis and in the logarithm
                      of the size */
    Degradation degradation; /* by light, lens, sensor and codec */
    float brightness;        /* adds up to this fraction of the range either way */
    float contrast;   /* the distance from the face's mean times 1 - contrast … 1 + contrast */
    float erase;      /* probability of a blank rectangle (Zhong et al. 2020, "Random erasing") */
    float erase_area; /* the rectangle's largest fraction of the window; the smallest is 0.02 */
    float mixup;      /* alpha of mixup (Zhang et al. 2018): weights from Beta(alpha, alpha) */
    float cutmix;     /* alpha of CutMix (Yun et al. 2019); with mixup, one at random per pair */
} Augmentation;

/* Writes a variant of the 48×48 face into x (side, side, 1), normalised. Rotation, scale, shear,
 * shift, crop, framing and flip are one bilinear resampling, with the border replicated outside the
 * face. */
void augment_face(const Augmentation *augmentation, Rng rng, const FaceInput *input,
                  const uint8_t *face, float *x);

/* Mixes a batch x (n, side, side, 1) and its targets (n, EMOTION_COUNT) in place, when mixup or
 * cutmix is on: element i with element n-1-i, a random partner since batches are in random order.
 */
void augment_mix(const Augmentation *augmentation, Rng rng, int n, int side, float *x,
                 float *targets);

#endif
