/* half.h: numbers in half precision (IEEE 754 binary16): 11 significant bits, up to 65504.
 *
 * Weights that are streamed from memory for a few products each are kept so: half the bytes. Going
 * back to fp32 is exact, and the same bits on every instruction set. */
#ifndef NN_KERNELS_HALF_H
#define NN_KERNELS_HALF_H

#include <stdint.h>
#include <string.h>

typedef uint16_t Half;

/* The nearest half, of two the even one. What lies beyond the range, a NaN too, becomes ±65504. */
static inline Half half_of(float x) {
    const float UNIT = 0.5f; /* its last place is the smallest half, 2⁻²⁴ */
    const uint32_t SMALLEST_NORMAL = 0x38800000, LARGEST = 0x477fe000, BIAS = 112u << 23;
    uint32_t bits, unit, sign;
    memcpy(&bits, &x, sizeof bits);
    sign = bits >> 16 & 0x8000;
    bits &= 0x7fffffff;
    if (bits < SMALLEST_NORMAL) {
        float magnitude;
        memcpy(&magnitude, &bits, sizeof bits);
        magnitude += UNIT;
        memcpy(&bits, &magnitude, sizeof bits);
        memcpy(&unit, &UNIT, sizeof unit);
        return (Half)(sign | (bits - unit));
    }
    bits = bits > LARGEST ? LARGEST : bits;
    bits += 0xfff + (bits >> 13 & 1);
    return (Half)(sign | (bits - BIAS) >> 13);
}

static inline void halves_of(Half *to, const float *from, size_t count) {
    for (size_t i = 0; i < count; i++)
        to[i] = half_of(from[i]);
}

#endif
