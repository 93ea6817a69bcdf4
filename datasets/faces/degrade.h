/* degrade.h: what a camera and a codec do to a face that a photographer's picture does not have. */
#ifndef DATASETS_FACES_DEGRADE_H
#define DATASETS_FACES_DEGRADE_H

#include "nn/base/rng.h"

typedef struct Degradation {
    float chance; /* probability of each of the following, a coin for each */
    float gamma;  /* exponents of the light from 1/(1+gamma) to 1+gamma, even in the logarithm */
    float side_light; /* from one edge to the other, in any direction, light falls off by up to
                         this share either way */
    float blur;       /* a Gaussian of up to so many pixels of standard deviation */
    float coarse;     /* shrunk by a factor of up to 1+coarse, even in the logarithm, and enlarged
                         again: a face far from the camera */
    float jpeg;       /* loses what JPEG loses of 8×8 blocks, at a quality down to 100 - jpeg */
} Degradation;

/* Degrades x (side, side), pixels 0 … 255, side at most 48, in place: light first, then lens,
 * sensor and codec. Every draw is a function of `rng`; a zero leaves a step out. */
void degrade_face(const Degradation *degradation, Rng rng, int side, float *x);

#endif
