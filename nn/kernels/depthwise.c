#include "nn/kernels/depthwise.h"

#include <string.h>

static inline void multiply_add(int count, const float *restrict a, const float *restrict b,
                                float *restrict to) {
    for (int i = 0; i < count; i++)
        to[i] += a[i] * b[i];
}

typedef enum Target { TARGET_Y, TARGET_X, TARGET_TAPS } Target;

/* Forward and both gradients are one loop: wherever an output position and a tap meet at an input
 * position, the product of two of the three is added to the third. */
static inline void walk(const ConvShape *s, float *x, float *taps, float *y, Target target) {
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
                        multiply_add(s->c, at, tap, y);
                    else if (target == TARGET_X)
                        multiply_add(s->c, y, tap, at);
                    else
                        multiply_add(s->c, at, y, tap);
                }
        }
}

static void forward(const ConvShape *s, const float *x, const float *taps, float *y) {
    memset(y, 0, conv_y_size(s) * sizeof *y);
    walk(s, (float *)x, (float *)taps, y, TARGET_Y);
}

static void backward_data(const ConvShape *s, const float *dy, const float *taps, float *dx) {
    walk(s, dx, (float *)taps, (float *)dy, TARGET_X);
}

static void backward_weight(const ConvShape *s, const float *x, const float *dy, float *dtaps) {
    walk(s, (float *)x, dtaps, (float *)dy, TARGET_TAPS);
}

const DepthwiseKernels KERNEL_TABLE(depthwise) = {
    .forward = forward,
    .backward_data = backward_data,
    .backward_weight = backward_weight,
};
