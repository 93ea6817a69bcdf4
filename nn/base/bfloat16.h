/* bfloat16.h: the upper half of an IEEE 754 binary32: 1 sign bit, 8 of exponent, 7 of fraction. */
#ifndef NN_BASE_BFLOAT16_H
#define NN_BASE_BFLOAT16_H

#include <stdint.h>
#include <string.h>

/* The nearest value, ties to even; NaN stays NaN. */
static inline uint16_t bfloat16_from_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (value != value)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* Exact. */
static inline float bfloat16_to_float(uint16_t half) {
    uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
