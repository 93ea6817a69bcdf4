#include "nn/kernels/depthwise.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

static inline void multiply_add(int count, const float *restrict a, const float *restrict b,
                                float *restrict to) {
    for (int i = 0; i < count; i++)
        to[i] += a[i] * b[i];
}

typedef enum Target { TARGET_Y, TARGET_X, TARGET_TAPS } Target;

/* Forward and both gradients are one loop: wherever an output position and a tap meet at an input
 * position, the product of two of the three is added to the third. For channels from `first` on. */
static inline void walk(const ConvShape *s, int first, float *x, float *taps, float *y,
                        Target target) {
    int count = s->c - first;
    if (count < 1)
        return;
    x += first;
    y += first;
    taps += first;
    for (int oy = 0; oy < s->out_h; oy++)
        for (int ox = 0; ox < s->out_w; ox++, y += s->c) {
            float *tap = taps;
            for (int ky = 0; ky < s->kh; ky++)
                for (int kx = 0; kx < s->kw; kx++, tap += s->c) {
                    int iy = oy * s->stride - s->padding + ky,
                        ix = ox * s->stride - s->padding + kx;
                    if (iy < 0 || iy >= s->h || ix < 0 || ix >= s->w)
                        continue;
                    float *at = x + ((size_t)iy * s->w + ix) * s->c;
                    if (target == TARGET_Y)
                        multiply_add(count, at, tap, y);
                    else if (target == TARGET_X)
                        multiply_add(count, y, tap, at);
                    else
                        multiply_add(count, at, y, tap);
                }
        }
}

/* ------------------------------------------------------------------ 3×3, stride 1, same size
 *
 * The usual case, a vector of channels at a time: the nine taps (or their nine sums) stay in
 * registers along a row. Products are added in the order of walk(), so the bits are its own. */

enum { SIDE = 3, TAPS = SIDE * SIDE };

/* The channels that whole vectors cover. */
static int vector_channels(const ConvShape *s) {
    bool usual = s->kh == SIDE && s->kw == SIDE && s->stride == 1 && s->padding == 1;
    return usual ? s->c / LANES * LANES : 0;
}

INLINE Vector load(const float *from) {
    return *(const Vector *)from;
}

/* The window's place (ky, kx) around `at`, 0 outside of the map: `edges` has bit 1, 2, 4, 8 where
 * there is no row above, row below, column to the left, column to the right. */
INLINE Vector window_place(const float *at, long row, long pixel, int ky, int kx, int edges) {
    bool outside = (ky == 0 && edges & 1) || (ky == 2 && edges & 2) || (kx == 0 && edges & 4) ||
                   (kx == 2 && edges & 8);
    return outside ? (Vector){0} : load(at + (ky - 1) * row + (kx - 1) * pixel);
}

static int edges_of_row(const ConvShape *s, int row) {
    return (row == 0) | (row == s->h - 1) << 1;
}

static int edges_of_column(const ConvShape *s, int column) {
    return (column == 0) << 2 | (column == s->w - 1) << 3;
}

INLINE Vector add_window(Vector to, const Vector tap[TAPS], const float *at, long row, long pixel,
                         int edges) {
#pragma GCC unroll 3
    for (int ky = 0; ky < SIDE; ky++)
#pragma GCC unroll 3
        for (int kx = 0; kx < SIDE; kx++)
            to += window_place(at, row, pixel, ky, kx, edges) * tap[SIDE * ky + kx];
    return to;
}

/* to = (or +=) x ⋆ taps, for the channels of whole vectors; `turned` takes the taps from the last
 * to the first, which is the gradient with respect to the input. */
INLINE void correlate(const ConvShape *s, const float *x, const float *taps, bool turned, bool add,
                      float *y) {
    long pixel = s->c, row = (long)s->w * s->c;
    for (int c = 0; c < vector_channels(s); c += LANES) {
        Vector tap[TAPS];
#pragma GCC unroll 9
        for (int k = 0; k < TAPS; k++)
            tap[k] = load(taps + (turned ? TAPS - 1 - k : k) * pixel + c);
        for (int p = 0; p < s->h; p++) {
            const float *at = x + p * row + c;
            float *to = y + p * row + c;
            for (int q = 0; q < s->w; q++, at += pixel, to += pixel) {
                int edges = edges_of_row(s, p) | edges_of_column(s, q);
                Vector sum = add ? load(to) : (Vector){0};
                *(Vector *)to = edges ? add_window(sum, tap, at, row, pixel, edges)
                                      : add_window(sum, tap, at, row, pixel, 0);
            }
        }
    }
}

INLINE void sum_window(Vector sum[TAPS], Vector gradient, const float *at, long row, long pixel,
                       int edges) {
#pragma GCC unroll 3
    for (int ky = 0; ky < SIDE; ky++)
#pragma GCC unroll 3
        for (int kx = 0; kx < SIDE; kx++)
            sum[SIDE * ky + kx] += window_place(at, row, pixel, ky, kx, edges) * gradient;
}

static void sum_products(const ConvShape *s, const float *x, const float *dy, float *dtaps) {
    long pixel = s->c, row = (long)s->w * s->c;
    for (int c = 0; c < vector_channels(s); c += LANES) {
        Vector sum[TAPS];
#pragma GCC unroll 9
        for (int k = 0; k < TAPS; k++)
            sum[k] = load(dtaps + k * pixel + c);
        for (int p = 0; p < s->h; p++) {
            const float *at = x + p * row + c, *from = dy + p * row + c;
            for (int q = 0; q < s->w; q++, at += pixel, from += pixel) {
                int edges = edges_of_row(s, p) | edges_of_column(s, q);
                if (edges)
                    sum_window(sum, load(from), at, row, pixel, edges);
                else
                    sum_window(sum, load(from), at, row, pixel, 0);
            }
        }
#pragma GCC unroll 9
        for (int k = 0; k < TAPS; k++)
            *(Vector *)(dtaps + k * pixel + c) = sum[k];
    }
}

static void forward(const ConvShape *s, const float *x, const float *taps, float *y) {
    int done = vector_channels(s);
    if (done < s->c)
        memset(y, 0, conv_y_size(s) * sizeof *y);
    correlate(s, x, taps, false, false, y);
    walk(s, done, (float *)x, (float *)taps, y, TARGET_Y);
}

static void backward_data(const ConvShape *s, const float *dy, const float *taps, float *dx) {
    correlate(s, dy, taps, true, true, dx);
    walk(s, vector_channels(s), dx, (float *)taps, (float *)dy, TARGET_X);
}

static void backward_weight(const ConvShape *s, const float *x, const float *dy, float *dtaps) {
    sum_products(s, x, dy, dtaps);
    walk(s, vector_channels(s), (float *)x, dtaps, (float *)dy, TARGET_TAPS);
}

const DepthwiseKernels KERNEL_TABLE(depthwise) = {
    .forward = forward,
    .backward_data = backward_data,
    .backward_weight = backward_weight,
};
