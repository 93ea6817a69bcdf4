#include "nn/kernels/separable.h"

#include "nn/kernels/vectors.h"

#define INLINE static inline __attribute__((always_inline))

/* Positions whose sums are held in registers at a time. */
#if defined ISA_AVX512
enum { POSITIONS = 12 };
#elif defined ISA_AVX2
enum { POSITIONS = 6 };
#else
enum { POSITIONS = 3 };
#endif
/* Positions at the end of a row, no more than that. */
enum { LONG_END = POSITIONS > 8 ? 8 : POSITIONS, SHORT_END = POSITIONS > 4 ? 4 : POSITIONS };
enum { P = SEPARABLE_PANEL, VECTORS = P / LANES, TAPS = SEPARABLE_TAPS, SIDE = 3 };

/* to (count, P) = x (count, inputs) times the panel's weights (inputs, P). */
INLINE void mix(int count, int inputs, const float *x, const float *weights, float *to) {
    Vector sum[POSITIONS][VECTORS] = {0};
    for (int k = 0; k < inputs; k++, weights += P) {
        Vector weight[VECTORS];
        for (int v = 0; v < VECTORS; v++)
            weight[v] = vector_load(weights + v * LANES);
#pragma GCC unroll 12
        for (int i = 0; i < count; i++)
#pragma GCC unroll 2
            for (int v = 0; v < VECTORS; v++)
                sum[i][v] += x[i * inputs + k] * weight[v];
    }
#pragma GCC unroll 12
    for (int i = 0; i < count; i++)
#pragma GCC unroll 2
        for (int v = 0; v < VECTORS; v++)
            vector_store(to + i * P + v * LANES, sum[i][v]);
}

/* Fewer positions at the end of a row still fill the adders' pipelines where they can: the rows of
 * small maps are nothing but ends. */
static void mix_row(int w, int inputs, const float *x, const float *weights, float *to) {
    for (int count; w > 0; w -= count, x += count * inputs, to += count * P) {
        if (w >= POSITIONS)
            mix(count = POSITIONS, inputs, x, weights, to);
        else if (w >= LONG_END)
            mix(count = LONG_END, inputs, x, weights, to);
        else if (w >= SHORT_END)
            mix(count = SHORT_END, inputs, x, weights, to);
        else if (w >= 2)
            mix(count = 2, inputs, x, weights, to);
        else
            mix(count = 1, inputs, x, weights, to);
    }
}

INLINE Vector window(const float *const row[SIDE], size_t at, const Vector tap[TAPS],
                     Vector start) {
#pragma GCC unroll 3
    for (int ky = 0; ky < SIDE; ky++)
#pragma GCC unroll 3
        for (int kx = 0; kx < SIDE; kx++)
            start += vector_load(row[ky] + at + kx * P) * tap[SIDE * ky + kx];
    return start;
}

/* A row of results from three rows in between, for `count` outputs of a vector. */
INLINE void convolve_row(int w, const float *const row[SIDE], const Vector tap[TAPS], Vector bias,
                         int count, float *y, ptrdiff_t stride) {
    for (int q = 0; q < w; q++, y += stride)
        vector_store_some(y, vector_relu(window(row, (size_t)q * P, tap, bias)), count);
}

/* A row of pooled results from four rows in between. */
INLINE void convolve_pool_row(int w, const float *const row[SIDE + 1], const Vector tap[TAPS],
                              Vector bias, int count, float *y, ptrdiff_t stride) {
    for (int q = 0; q < w; q += 2, y += stride) {
        size_t at = (size_t)q * P;
        Vector above = vector_larger(window(row, at, tap, bias), window(row, at + P, tap, bias));
        Vector below =
            vector_larger(window(row + 1, at, tap, bias), window(row + 1, at + P, tap, bias));
        vector_store_some(y, vector_relu(vector_larger(above, below)), count);
    }
}

/* The result's row that rows `first` … of the map in between give: pooled or not. */
static void finish_row(const SeparableShape *s, const float *scratch, int first,
                       const float *weights, float *y) {
    size_t row_size = separable_row_size(s);
    int rows = s->max_pool ? SIDE + 1 : SIDE;
    const float *zeros = scratch + (size_t)separable_panels(s->outputs) * SEPARABLE_ROWS * row_size;
    for (int panel = 0; panel < separable_panels(s->outputs); panel++) {
        const float *ring = scratch + (size_t)panel * SEPARABLE_ROWS * row_size;
        const float *taps = weights + panel * separable_panel_size(s->inputs) + s->inputs * P;
        for (int v = 0; v < VECTORS; v++) {
            int output = panel * P + v * LANES, count = s->outputs - output;
            const float *row[SIDE + 1];
            for (int i = 0; i < rows; i++) {
                int at = first + i;
                row[i] = (at < 0 || at >= s->h ? zeros : ring + at % SEPARABLE_ROWS * row_size) +
                         v * LANES;
            }
            Vector tap[TAPS], bias = vector_load(taps + TAPS * P + v * LANES);
#pragma GCC unroll 9
            for (int k = 0; k < TAPS; k++)
                tap[k] = vector_load(taps + k * P + v * LANES);
            if (s->max_pool && count >= LANES)
                convolve_pool_row(s->w, row, tap, bias, LANES, y + output, s->outputs);
            else if (s->max_pool)
                convolve_pool_row(s->w, row, tap, bias, count, y + output, s->outputs);
            else if (count >= LANES)
                convolve_row(s->w, row, tap, bias, LANES, y + output, s->outputs);
            else
                convolve_row(s->w, row, tap, bias, count, y + output, s->outputs);
        }
    }
}

static void forward(const SeparableShape *s, const float *x, const float *weights, float *scratch,
                    float *y) {
    size_t row_size = separable_row_size(s);
    int panels = separable_panels(s->outputs), step = s->max_pool ? 2 : 1;
    size_t y_row = (size_t)s->w / (size_t)step * (size_t)s->outputs;
    memset(scratch, 0, separable_scratch_size(s) * sizeof *scratch);
    int mixed = 0;
    for (int top = 0; top < s->h; top += step, y += y_row) {
        for (; mixed <= top + step && mixed < s->h; mixed++)
            for (int panel = 0; panel < panels; panel++)
                mix_row(s->w, s->inputs, x + (size_t)mixed * s->w * s->inputs,
                        weights + panel * separable_panel_size(s->inputs),
                        scratch +
                            ((size_t)panel * SEPARABLE_ROWS + mixed % SEPARABLE_ROWS) * row_size +
                            P);
        finish_row(s, scratch, top - 1, weights, y);
    }
}

const SeparableKernels KERNEL_TABLE(separable) = {
    .forward = forward,
};
