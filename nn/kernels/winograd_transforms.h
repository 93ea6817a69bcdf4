/* winograd_transforms.h: the small transforms of winograd.h on vectors of channels, for winograd.c.
 *
 * Inlined with constant sizes: m is the tile, t = m + 2. */
#ifndef NN_KERNELS_WINOGRAD_TRANSFORMS_H
#define NN_KERNELS_WINOGRAD_TRANSFORMS_H

#include "nn/kernels/panels.h"

enum { MAX_T = 6 };

/* ------------------------------------------------------------------ one-dimensional transforms
 *
 * Interpolation points 0, 1, -1, 2, -2, ∞ for m = 4 and 0, 1, -1, 2, ∞ for m = 3. */

/* Bᵀ: t values to t. */
INLINE void transform_input(int m, const Vector d[], Vector out[]) {
    if (m == 4) {
        Vector a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = d[3] - d[1];
        out[0] = 4 * d[0] + (d[4] - 5 * d[2]);
        out[1] = a + b;
        out[2] = a - b;
        out[3] = c + 2 * e;
        out[4] = c - 2 * e;
        out[5] = 4 * d[1] + (d[5] - 5 * d[3]);
    } else if (m == 1) {
        for (int i = 0; i < 3; i++)
            out[i] = d[i];
    } else {
        Vector a = d[3] - d[1], b = 2 * d[1] - d[2];
        out[0] = 2 * (d[0] - d[2]) + a;
        out[1] = d[3] - d[2] - 2 * d[1];
        out[2] = d[3] - 3 * d[2] + 2 * d[1];
        out[3] = a;
        out[4] = b - 2 * d[3] + d[4];
    }
}

/* Aᵀ: t values to m. */
INLINE void transform_output(int m, const Vector d[], Vector out[]) {
    if (m == 1) {
        out[0] = d[0];
        return;
    }
    Vector sum = d[1] + d[2], difference = d[1] - d[2];
    if (m == 4) {
        Vector sum2 = d[3] + d[4], difference2 = d[3] - d[4];
        out[0] = d[0] + sum + sum2;
        out[1] = difference + 2 * difference2;
        out[2] = sum + 4 * sum2;
        out[3] = difference + 8 * difference2 + d[5];
    } else {
        out[0] = d[0] + sum + d[3];
        out[1] = difference + 2 * d[3];
        out[2] = sum + 4 * d[3] + d[4];
    }
}

/* A: m values to t. */
INLINE void expand_output(int m, const Vector d[], Vector out[]) {
    Vector even = d[0] + d[2];
    if (m == 4) {
        Vector odd = d[1] + d[3], even2 = d[0] + 4 * d[2], odd2 = 2 * d[1] + 8 * d[3];
        out[0] = d[0];
        out[1] = even + odd;
        out[2] = even - odd;
        out[3] = even2 + odd2;
        out[4] = even2 - odd2;
        out[5] = d[3];
    } else {
        out[0] = d[0];
        out[1] = even + d[1];
        out[2] = even - d[1];
        out[3] = d[0] + 2 * d[1] + 4 * d[2];
        out[4] = d[2];
    }
}

/* G: 3 weights to t. */
INLINE void transform_weight(int m, const Vector w[], Vector out[]) {
    if (m == 1) {
        transform_input(m, w, out);
        return;
    }
    Vector even = w[0] + w[2];
    if (m == 4) {
        Vector even2 = w[0] + 4 * w[2], odd2 = 2 * w[1];
        out[0] = w[0] * (1.0f / 4);
        out[1] = (even + w[1]) * (-1.0f / 6);
        out[2] = (even - w[1]) * (-1.0f / 6);
        out[3] = (even2 + odd2) * (1.0f / 24);
        out[4] = (even2 - odd2) * (1.0f / 24);
        out[5] = w[2];
    } else {
        out[0] = w[0] * (1.0f / 2);
        out[1] = (even + w[1]) * (-1.0f / 2);
        out[2] = (even - w[1]) * (-1.0f / 6);
        out[3] = (w[0] + 2 * w[1] + 4 * w[2]) * (1.0f / 6);
        out[4] = w[2];
    }
}

/* Gᵀ: t values to 3. */
INLINE void gather_weight(int m, const Vector d[], Vector out[]) {
    if (m == 4) {
        Vector sum = (d[1] + d[2]) * (-1.0f / 6), difference = (d[1] - d[2]) * (-1.0f / 6);
        Vector sum2 = (d[3] + d[4]) * (1.0f / 24), difference2 = (d[3] - d[4]) * (1.0f / 24);
        out[0] = d[0] * (1.0f / 4) + sum + sum2;
        out[1] = difference + 2 * difference2;
        out[2] = sum + 4 * sum2 + d[5];
    } else {
        Vector half = d[1] * (-1.0f / 2), sixth = d[2] * (1.0f / 6), last = d[3] * (1.0f / 6);
        out[0] = d[0] * (1.0f / 2) + half - sixth + last;
        out[1] = half + sixth + 2 * last;
        out[2] = half - sixth + 4 * last + d[4];
    }
}

/* ------------------------------------------------------------------ two-dimensional transforms */

typedef void Transform(int m, const Vector in[], Vector out[]);

/* Rows then columns: `from` values per side to `to`. in[i * from + j] points at LANES floats. */
INLINE void transform_2d(Transform *transform, int m, int from, int to, const float *const in[],
                         int offset, Vector out[]) {
    Vector half[MAX_T * MAX_T];
#pragma GCC unroll 6
    for (int j = 0; j < from; j++) {
        Vector column[MAX_T], result[MAX_T];
#pragma GCC unroll 6
        for (int i = 0; i < from; i++)
            column[i] = vector_load(in[i * from + j] + offset);
        transform(m, column, result);
#pragma GCC unroll 6
        for (int i = 0; i < to; i++)
            half[i * from + j] = result[i];
    }
#pragma GCC unroll 6
    for (int i = 0; i < to; i++)
        transform(m, half + i * from, out + i * to);
}

#endif
