/* degrade.h: degradations by cameras and codecs that professional photographs lack. */
#ifndef DATASETS_AUGMENT_DEGRADE_H
#define DATASETS_AUGMENT_DEGRADE_H

#include "nn/base/rng.h"

typedef struct Degradation {
    float chance;     /* probability of each of the following, independently */
    float gamma;      /* gamma exponents from 1/(1+gamma) to 1+gamma, uniform in the logarithm */
    float side_light; /* from one edge to the other, in any direction, brightness falls off by up to
                         this fraction either way */
    float blur;       /* a Gaussian with a standard deviation of up to this many pixels */
    float coarse; /* shrunk by a factor of up to 1+coarse, uniform in the logarithm, and enlarged
                     again: a face far from the camera */
    float jpeg;   /* JPEG's loss on 8×8 blocks, at a quality down to 100 - jpeg */
} Degradation;

/* Degrades x (side, side), pixels 0 … 255, side at most 48, in place: light first, then lens,
 * sensor and codec. Every draw is a function of `rng`; zero skips a step. */
void degrade_face(const Degradation *degradation, Rng rng, int side, float *x);

#endif
