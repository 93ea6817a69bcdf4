/* panels.h: products with packed weights, for the kernels of this folder.
 *
 * A panel is a few vectors wide; its weights are packed as (depth, vector, lane), so that a product
 * streams through them; they are floats, or halves. The sums of some rows by a panel's width stay
 * in registers. */
#ifndef NN_KERNELS_PANELS_H
#define NN_KERNELS_PANELS_H

#include "nn/kernels/vectors.h"

#include <stddef.h>

enum { PANEL_MAX_VECTORS = 4 };

#define INLINE static inline __attribute__((always_inline))

/* How many of the LANES from `start` on lie below `end`. */
INLINE int lanes_from(int start, int end) {
    return end - start < LANES ? end - start : LANES;
}

INLINE Vector load_lanes(const float *from, int count) {
    return count == LANES ? vector_load(from) : vector_load_part(from, count);
}

INLINE void store_lanes(float *to, Vector x, int count) {
    if (count == LANES)
        vector_store(to, x);
    else
        vector_store_part(to, x, count);
}

/* Packed weights, floats or halves. */
typedef struct Weights {
    const void *at;
    bool halves;
} Weights;

/* Those from the `vector`-th vector on. */
INLINE Weights weights_from(Weights w, ptrdiff_t vector) {
    ptrdiff_t bytes = vector * LANES * (ptrdiff_t)(w.halves ? sizeof(uint16_t) : sizeof(float));
    return (Weights){(const char *)w.at + bytes, w.halves};
}

INLINE Vector load_weights(Weights w, ptrdiff_t vector) {
    const void *at = weights_from(w, vector).at;
    return w.halves ? vector_load_halves(at) : vector_load(at);
}

/* sum (rows, vectors) += a (rows, depth) times the packed panel (depth, vectors). Inlined with
 * constant `rows`, `vectors` and weights.halves. `depth` vectors from `ahead` on are fetched into
 * the second-level cache meanwhile; NULL for none. */
INLINE void multiply_rows(int rows, int vectors, int depth, const float *a, ptrdiff_t stride,
                          Weights weights, const void *ahead, Vector *sum) {
    for (int k = 0; k < depth; k++, weights = weights_from(weights, vectors)) {
        if (ahead)
            __builtin_prefetch(weights_from((Weights){ahead, weights.halves}, k).at, 0, 2);
        Vector weight[PANEL_MAX_VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++)
            weight[v] = load_weights(weights, v);
#pragma GCC unroll 16
        for (int row = 0; row < rows; row++) {
            Vector x = vector_of(a[row * stride + k]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++)
                sum[row * vectors + v] += x * weight[v];
        }
    }
}

/* The same for one row, where each sum would wait for its last addition: four sets take turns. */
INLINE void multiply_row(int vectors, int depth, const float *a, Weights weights, Vector *sum) {
    enum { TURNS = 4 };
    Vector part[TURNS * PANEL_MAX_VECTORS];
#pragma GCC unroll 16
    for (int i = 0; i < TURNS * vectors; i++)
        part[i] = vector_of(0);
    int k = 0;
    for (; k + TURNS <= depth; k += TURNS, weights = weights_from(weights, TURNS * vectors))
#pragma GCC unroll 4
        for (int turn = 0; turn < TURNS; turn++) {
            Vector x = vector_of(a[k + turn]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++)
                part[turn * vectors + v] += x * load_weights(weights, turn * vectors + v);
        }
    multiply_rows(1, vectors, depth - k, a + k, 0, weights, NULL, sum);
    for (int v = 0; v < vectors; v++)
        sum[v] += (part[v] + part[vectors + v]) + (part[2 * vectors + v] + part[3 * vectors + v]);
}

#endif
