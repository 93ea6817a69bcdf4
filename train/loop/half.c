#include "train/loop/half.h"

#include <math.h>
#include <string.h>

/* The arithmetic of float16.c without branches, for vectors. */
enum { DROPPED = 13, EXPONENT_OFFSET = 112 << 10, NOT_A_NUMBER = 0x7e00 };
#define TOO_LARGE 65520.0f /* rounds to more than the largest number, 65504 */
#define SMALLEST  0x1p-14f /* below it values are multiples of 2^-24, as floats are in [0.5, 1) */

static inline uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void half_round(float *values, size_t count) {
#pragma omp parallel for simd if (count > 100000)
    for (size_t i = 0; i < count; i++) {
        float value = values[i] * HALF_SCALE, size = fabsf(value);
        uint32_t bits = bits_of(size);
        bits += (1u << (DROPPED - 1)) - 1 + (bits >> DROPPED & 1);
        float normal = float_of(bits & ~((1u << DROPPED) - 1)), tiny = (size + 0.5f) - 0.5f;
        float rounded = size < SMALLEST ? tiny : normal;
        values[i] = size < TOO_LARGE ? copysignf(rounded, value) / HALF_SCALE : NAN;
    }
}

void half_pack(const float *values, size_t count, uint16_t *packed) {
#pragma omp parallel for simd if (count > 100000)
    for (size_t i = 0; i < count; i++) {
        float value = values[i] * HALF_SCALE, size = fabsf(value);
        uint32_t sign = bits_of(value) >> 16 & 0x8000,
                 normal = (bits_of(size) >> DROPPED) - EXPONENT_OFFSET,
                 tiny = (uint32_t)(int32_t)(fminf(size, SMALLEST) * 0x1p24f);
        uint32_t magnitude = size < SMALLEST ? tiny : normal;
        packed[i] = (uint16_t)(sign | (isnan(value) ? NOT_A_NUMBER : magnitude));
    }
}

void half_unpack(const uint16_t *packed, size_t count, float *values) {
#pragma omp parallel for simd if (count > 100000)
    for (size_t i = 0; i < count; i++) {
        uint32_t magnitude = packed[i] & 0x7fffu;
        float size = float_of(magnitude << DROPPED) * (0x1p112f / HALF_SCALE);
        size = magnitude == NOT_A_NUMBER ? NAN : size;
        values[i] = packed[i] & 0x8000 ? -size : size;
    }
}
