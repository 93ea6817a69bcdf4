/* limiter.h: loud sums are bent towards ±1 instead of clipped. */
#ifndef COMPOSE_SOUND_LIMITER_H
#define COMPOSE_SOUND_LIMITER_H

#include <math.h>

/* The identity up to 0.8. */
static inline float limiter_bend(float sample) {
    const float knee = 0.8f;
    float size = fabsf(sample);
    if (size <= knee)
        return sample;
    return copysignf(knee + (1 - knee) * tanhf((size - knee) / (1 - knee)), sample);
}

#endif
