#include "nn/kernels/batch_norm.h"

#include <string.h>

/* Loops over channels inside loops over rows: the compiler makes vectors of the channels, and the
 * sums (C) stay in the first-level cache. */

static void moments(int rows, int c, const float *restrict x, float *restrict mean,
                    float *restrict squares) {
    memset(mean, 0, c * sizeof *mean);
    memset(squares, 0, c * sizeof *squares);
    for (int row = 0; row < rows; row++)
        for (int i = 0; i < c; i++)
            mean[i] += x[(long)row * c + i];
    for (int i = 0; i < c; i++)
        mean[i] /= (float)rows;
    for (int row = 0; row < rows; row++)
        for (int i = 0; i < c; i++) {
            float difference = x[(long)row * c + i] - mean[i];
            squares[i] += difference * difference;
        }
}

/* A NaN stays one, so that it reaches the loss, where training stops. */
static inline float maximum0(float x) {
    return x <= 0 ? 0 : x;
}

static void forward(int rows, int c, const float *restrict x, ChannelAffine affine,
                    float *restrict y) {
    const float *restrict scale = affine.scale, *restrict shift = affine.shift;
    for (int row = 0; row < rows; row++, x += c, y += c)
        if (affine.relu)
            for (int i = 0; i < c; i++)
                y[i] = maximum0(scale[i] * x[i] + shift[i]);
        else
            for (int i = 0; i < c; i++)
                y[i] = scale[i] * x[i] + shift[i];
}

/* The part of dy that passes the maximum; the comparison is forward's, bit for bit. */
static inline float passed(float dy, float x, float scale, float shift, bool relu) {
    return !relu || scale * x + shift > 0 ? dy : 0;
}

static inline void add_sums(int rows, int c, const float *restrict x, const float *restrict dy,
                            ChannelAffine affine, const float *restrict mean, float *restrict sum_g,
                            float *restrict sum_gx, bool relu) {
    const float *restrict scale = affine.scale, *restrict shift = affine.shift;
    for (int row = 0; row < rows; row++, x += c, dy += c)
        for (int i = 0; i < c; i++) {
            float g = passed(dy[i], x[i], scale[i], shift[i], relu);
            sum_g[i] += g;
            sum_gx[i] += g * (x[i] - mean[i]);
        }
}

static void backward_sums(int rows, int c, const float *x, const float *dy, ChannelAffine affine,
                          const float *mean, float *sum_g, float *sum_gx) {
    memset(sum_g, 0, c * sizeof *sum_g);
    memset(sum_gx, 0, c * sizeof *sum_gx);
    if (affine.relu)
        add_sums(rows, c, x, dy, affine, mean, sum_g, sum_gx, true);
    else
        add_sums(rows, c, x, dy, affine, mean, sum_g, sum_gx, false);
}

static inline void put_data(int rows, int c, const float *restrict x, const float *restrict dy,
                            ChannelAffine affine, const float *restrict a, const float *restrict b,
                            bool add, float *restrict dx, bool relu) {
    const float *restrict scale = affine.scale, *restrict shift = affine.shift;
    for (int row = 0; row < rows; row++, x += c, dy += c, dx += c)
        for (int i = 0; i < c; i++) {
            float value =
                scale[i] * passed(dy[i], x[i], scale[i], shift[i], relu) + (a[i] * x[i] + b[i]);
            dx[i] = add ? dx[i] + value : value;
        }
}

static void backward_data(int rows, int c, const float *x, const float *dy, ChannelAffine affine,
                          const float *a, const float *b, bool add, float *dx) {
    if (affine.relu)
        put_data(rows, c, x, dy, affine, a, b, add, dx, true);
    else
        put_data(rows, c, x, dy, affine, a, b, add, dx, false);
}

/* ------------------------------------------------------------------ with 2×2 max pooling */

enum { WINDOW = 4 };

/* Elements from a window's first place to each of its places, in a pair of image rows. */
static inline void window_offsets(int w, int c, long offset[WINDOW]) {
    offset[0] = 0;
    offset[1] = c;
    offset[2] = (long)w * c;
    offset[3] = (long)w * c + c;
}

static inline void pool_row(int w, int c, const float *restrict x, ChannelAffine affine,
                            float *restrict y, float *restrict chosen, uint8_t *restrict winner,
                            bool keep) {
    const float *restrict scale = affine.scale, *restrict shift = affine.shift;
    bool relu = affine.relu;
    long offset[WINDOW];
    window_offsets(w, c, offset);
    for (int q = 0; q < w / 2; q++, x += 2 * c, y += c) {
        for (int i = 0; i < c; i++) {
            float from = x[i], best = scale[i] * from + shift[i];
            int place = 0;
            for (int k = 1; k < WINDOW; k++) {
                float other = x[offset[k] + i], value = scale[i] * other + shift[i];
                bool larger = value > best || value != value;
                best = larger ? value : best;
                from = larger ? other : from;
                place = larger ? k : place;
            }
            y[i] = relu ? maximum0(best) : best;
            if (keep) {
                chosen[i] = from;
                winner[i] = (uint8_t)place;
            }
        }
        if (keep) {
            chosen += c;
            winner += c;
        }
    }
}

static void pool_forward(int w, int c, const float *x, ChannelAffine affine, float *y,
                         float *chosen, uint8_t *winner) {
    if (winner)
        pool_row(w, c, x, affine, y, chosen, winner, true);
    else
        pool_row(w, c, x, affine, y, NULL, NULL, false);
}

static void pool_backward_data(int w, int c, const float *restrict x, const float *restrict dy,
                               ChannelAffine affine, const float *restrict chosen,
                               const uint8_t *restrict winner, const float *restrict a,
                               const float *restrict b, bool add, float *restrict dx) {
    const float *restrict scale = affine.scale, *restrict shift = affine.shift;
    bool relu = affine.relu;
    long offset[WINDOW];
    window_offsets(w, c, offset);
    for (int q = 0; q < w / 2; q++, x += 2 * c, dx += 2 * c, dy += c, chosen += c, winner += c)
        for (int k = 0; k < WINDOW; k++) {
            const float *restrict from = x + offset[k];
            float *restrict to = dx + offset[k];
            for (int i = 0; i < c; i++) {
                float g = scale[i] * passed(dy[i], chosen[i], scale[i], shift[i], relu);
                float value = (winner[i] == k ? g : 0) + (a[i] * from[i] + b[i]);
                to[i] = add ? to[i] + value : value;
            }
        }
}

const BatchNormKernels KERNEL_TABLE(batch_norm) = {
    .moments = moments,
    .forward = forward,
    .backward_sums = backward_sums,
    .backward_data = backward_data,
    .pool_forward = pool_forward,
    .pool_backward_data = pool_backward_data,
};
