#include "nn/kernels/single_channel.h"

#include "nn/kernels/vectors.h"

#define INLINE static inline __attribute__((always_inline))

/* Outputs at a time: their 9 weights each take 18 of 32 registers, or 9 of 16. */
#if defined ISA_AVX512
enum { VECTORS = 2 };
#else
enum { VECTORS = 1 };
#endif
enum { P = VECTORS * LANES, TAPS = 9 };

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
            weight[tap][v] = vector_load(taps + tap * P + v * LANES);
    for (int v = 0; v < VECTORS; v++)
        start[v] = vector_load(bias + v * LANES);
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
                sum[v] = vector_relu(sum[v]);
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

/* One vector of outputs, of which `count` exist. */
INLINE void pooled_vector(int out_h, int out_w, int o, int count, const float *x, const float *taps,
                          const float *bias, float *y) {
    int width = out_w + 2;
    Vector weight[TAPS], start = vector_load(bias);
#pragma GCC unroll 9
    for (int tap = 0; tap < TAPS; tap++)
        weight[tap] = vector_load(taps + tap * P);
    for (int p = 0; p + 1 < out_h; p += 2, x += 2 * width)
        for (int q = 0; q + 1 < out_w; q += 2, y += o) {
            Vector sum[4] = {start, start, start, start};
#pragma GCC unroll 9
            for (int tap = 0; tap < TAPS; tap++)
#pragma GCC unroll 4
                for (int i = 0; i < 4; i++)
                    sum[i] += input_of(x + q + i / 2 * width + i % 2, width, tap) * weight[tap];
            Vector most = vector_relu(
                vector_larger(vector_larger(sum[0], sum[1]), vector_larger(sum[2], sum[3])));
            vector_store_some(y, most, count);
        }
}

static void forward_pooled(int out_h, int out_w, int o, int offset, const float *x,
                           const float *taps, const float *bias, float *y) {
    for (int v = 0; v < VECTORS && offset < o; v++, offset += LANES) {
        const float *from = taps + v * LANES, *start = bias + v * LANES;
        if (o - offset >= LANES)
            pooled_vector(out_h, out_w, o, LANES, x, from, start, y + offset);
        else
            pooled_vector(out_h, out_w, o, o - offset, x, from, start, y + offset);
    }
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
                    gradient[v] = vector_load(dy + v * LANES);
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
    .forward_pooled = forward_pooled,
    .backward_weight = backward_weight,
};
