#include "nn/base/float16.h"

#include <math.h>
#include <string.h>

enum { FRACTION_BITS = 10, FRACTION_DROPPED = 23 - FRACTION_BITS, LOWEST_EXPONENT = -14 };
static const uint16_t INFINITE = 0x7c00, QUIET = 0x0200;

uint16_t float16_from_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    float size = fabsf(value);
    if (isnan(value))
        return sign | INFINITE | QUIET;
    if (size < 0x1p-14f) /* in units of the smallest value; a carry gives the smallest normal one */
        return sign | (uint16_t)nearbyintf(size * 0x1p24f);
    if (size >= 65520) /* halfway between the largest value and the one that would come next */
        return sign | INFINITE;
    uint32_t magnitude = bits & 0x7fffffff, odd = magnitude >> FRACTION_DROPPED & 1;
    magnitude += (1u << (FRACTION_DROPPED - 1)) - 1 + odd; /* a carry moves the exponent, rightly */
    return sign | (uint16_t)((magnitude >> FRACTION_DROPPED) -
                             ((127u + LOWEST_EXPONENT - 1) << FRACTION_BITS));
}

float float16_to_float(uint16_t half) {
    uint32_t magnitude = half & 0x7fff, bits = magnitude << FRACTION_DROPPED;
    float value, sign = half & 0x8000 ? -1.0f : 1.0f;
    if (magnitude > INFINITE)
        return NAN;
    if (magnitude == INFINITE)
        return sign * INFINITY;
    memcpy(&value, &bits, sizeof value); /* right but for the offset of its exponent */
    return sign * value * 0x1p112f;
}
