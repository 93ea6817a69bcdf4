/* vectors.h: vector arithmetic for the kernels of this folder, whatever the instruction set.
 *
 * Functions of one variable follow Cephes (Moshier 1989, single precision): range reduction and a
 * minimax polynomial. Maximal errors found by the tests: 2 units in the last place. */
#ifndef NN_KERNELS_VECTORS_H
#define NN_KERNELS_VECTORS_H

#include "nn/kernels/isa.h"

#include <stdint.h>
#include <string.h>
#if defined ISA_AVX2 || defined ISA_AVX512
#    include <immintrin.h>
#endif

static inline Vector vector_load(const float *from) {
    return *(const Vector *)from;
}

static inline void vector_store(float *to, Vector x) {
    *(Vector *)to = x;
}

/* The first `count` (1 … LANES) elements; the rest is 0. */
static inline Vector vector_load_part(const float *from, int count) {
    float lanes[LANES] = {0};
    memcpy(lanes, from, (size_t)count * sizeof *lanes);
    return vector_load(lanes);
}

/* LANES values of half precision (nn/base/float16.h), exactly. The portable version shifts exponent
 * and fraction to their places, where the number is 2¹¹² times too small, an infinity or NaN
 * finite. */
static inline Vector vector_load_halves(const uint16_t *from) {
#if defined ISA_AVX512
    return (Vector)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from));
#elif defined ISA_AVX2
    return (Vector)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from));
#else
    int lanes[LANES];
    for (int i = 0; i < LANES; i++)
        lanes[i] = from[i];
    VectorInt bits = *(VectorInt *)lanes, magnitude = bits & 0x7fff;
    VectorInt finite = (VectorInt)((Vector)(magnitude << 13) * 0x1p112f);
    return (Vector)((bits & 0x8000) << 16 | finite | ((magnitude >= 0x7c00) & 0x7f800000));
#endif
}

/* Stores the first `count` (0 … LANES) elements. */
static inline void vector_store_part(float *to, Vector x, int count) {
    float lanes[LANES];
    vector_store(lanes, x);
    memcpy(to, lanes, (size_t)count * sizeof *lanes);
}

/* The same for 0 … any number, of which LANES are stored at most; counts that are usual are known
 * to the compiler. */
static inline __attribute__((always_inline)) void vector_store_some(float *to, Vector x,
                                                                    int count) {
    if (count >= LANES)
        vector_store(to, x);
    else if (count == LANES / 2)
        vector_store_part(to, x, LANES / 2);
    else if (count > 0)
        vector_store_part(to, x, count);
}

static inline Vector vector_of(float x) {
    return x - (Vector){0}; /* unlike x + 0, no operation: it keeps -0 */
}

/* Where `mask` has all bits set a, where 0 b. */
static inline Vector vector_select(VectorInt mask, Vector a, Vector b) {
    return (Vector)((mask & (VectorInt)a) | (~mask & (VectorInt)b));
}

/* max(0, x), which keeps a NaN. */
static inline Vector vector_relu(Vector x) {
    return (Vector)((VectorInt)x & ~(x <= 0));
}

/* The larger one; a NaN counts as larger than any number. */
static inline Vector vector_larger(Vector a, Vector b) {
    return vector_select((a > b) | (a != a), a, b);
}

/* eˣ: 0 below -87.3, infinite above 88.3, NaN for NaN. */
static inline Vector vector_exp(Vector x) {
    const float LOW = -87.3f, HIGH = 88.3f;
    const float SHIFT = 0x1.8p23f; /* adding it rounds to an integer, which lands in the low bits */
    Vector clamped =
        vector_select(x < LOW, vector_of(LOW), vector_select(x > HIGH, vector_of(HIGH), x));
    Vector shifted = clamped * 1.44269504088896341f + SHIFT;
    Vector n = shifted - SHIFT;
    Vector r = clamped - n * 0.693359375f; /* ln 2 in two parts, the first exact in few bits */
    r = r - n * -2.12194440e-4f;
    Vector p = vector_of(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    VectorInt exponent = ((VectorInt)shifted - (VectorInt)vector_of(SHIFT) + 127) << 23;
    Vector y = p * (Vector)exponent;
    y = vector_select(x < LOW, vector_of(0), y);
    return vector_select(x > HIGH, vector_of(__builtin_inff()), y);
}

/* 1 / (1 + e⁻ˣ) */
static inline Vector vector_sigmoid(Vector x) {
    return 1.0f / (1.0f + vector_exp(-x));
}

/* An odd polynomial near 0, else 1 - 2 / (e²ˣ + 1). */
static inline Vector vector_tanh(Vector x) {
    Vector z = x * x;
    Vector p = vector_of(-5.70498872745e-3f);
    p = p * z + 2.06390887954e-2f;
    p = p * z + -5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z + -3.33332819422e-1f;
    p = p * z * x + x;
    Vector far = 1.0f - 2.0f / (vector_exp(x + x) + 1.0f);
    return vector_select((x < 0.625f) & (x > -0.625f), p, far);
}

#endif
