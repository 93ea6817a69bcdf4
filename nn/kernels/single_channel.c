#include "nn/kernels/single_channel.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* Outputs at a time: their 9 weights each take 18 of 32 registers, or 9 of 16. */
#if defined ISA_AVX512
enum { VECTORS = 2 };
#else
enum { VECTORS = 1 };
#endif
enum { P = VECTORS * LANES, TAPS = 9 };

INLINE Vector load(const float *from) {
    return *(const Vector *)from;
}

INLINE Vector maximum0(Vector x) {
    return (Vector)((VectorInt)x & (x > 0));
}

/* Input `tap` (reading order) of the output position that `x` is the first input of. */
INLINE float input_of(const float *x, int width, int tap) {
    return x[tap / 3 * width + tap % 3];
}

INLINE void forward_panel(int out_h, int out_w, int o, int count, const float *x, const float *taps,
                          const float *bias, bool relu, float *y) {
    int width = out_w + 2;
    Vector weight[TAPS][VECTORS], start[VECTORS];
#pragma GCC unroll 9
    for (int tap = 0; tap < TAPS; tap++)
        for (int v = 0; v < VECTORS; v++)
            weight[tap][v] = load(taps + tap * P + v * LANES);
    for (int v = 0; v < VECTORS; v++)
        start[v] = load(bias + v * LANES);
    for (int p = 0; p < out_h; p++, x += width)
        for (int q = 0; q < out_w; q++, y += o) {
            Vector sum[VECTORS];
            for (int v = 0; v < VECTORS; v++)
                sum[v] = start[v];
#pragma GCC unroll 9
            for (int tap = 0; tap < TAPS; tap++)
                for (int v = 0; v < VECTORS; v++)
                    sum[v] += input_of(x + q, width, tap) * weight[tap][v];
            for (int v = 0; relu && v < VECTORS; v++)
                sum[v] = maximum0(sum[v]);
            if (count == P)
                for (int v = 0; v < VECTORS; v++)
                    *(Vector *)(y + v * LANES) = sum[v];
            else
                memcpy(y, sum, count * sizeof *y);
        }
}

static void forward(int out_h, int out_w, int o, int offset, const float *x, const float *taps,
                    const float *bias, bool relu, float *y) {
    if (o - offset >= P && relu)
        forward_panel(out_h, out_w, o, P, x, taps, bias, true, y + offset);
    else if (o - offset >= P)
        forward_panel(out_h, out_w, o, P, x, taps, bias, false, y + offset);
    else
        forward_panel(out_h, out_w, o, o - offset, x, taps, bias, relu, y + offset);
}

INLINE void weight_panel(int out_h, int out_w, int o, int count, const float *x, const float *dy,
                         float *dtaps) {
    int width = out_w + 2;
    Vector sum[TAPS][VECTORS] = {0};
    for (int p = 0; p < out_h; p++, x += width)
        for (int q = 0; q < out_w; q++, dy += o) {
            Vector gradient[VECTORS] = {0};
            if (count == P)
                for (int v = 0; v < VECTORS; v++)
                    gradient[v] = load(dy + v * LANES);
            else
                memcpy(gradient, dy, count * sizeof *dy);
#pragma GCC unroll 9
            for (int tap = 0; tap < TAPS; tap++)
                for (int v = 0; v < VECTORS; v++)
                    sum[tap][v] += input_of(x + q, width, tap) * gradient[v];
        }
    memcpy(dtaps, sum, sizeof sum);
}

static void backward_weight(int out_h, int out_w, int o, int offset, const float *x,
                            const float *dy, float *dtaps) {
    if (o - offset >= P)
        weight_panel(out_h, out_w, o, P, x, dy + offset, dtaps);
    else
        weight_panel(out_h, out_w, o, o - offset, x, dy + offset, dtaps);
}

const SingleChannelKernels KERNEL_TABLE(single_channel) = {
    .panel = P,
    .forward = forward,
    .backward_weight = backward_weight,
};
