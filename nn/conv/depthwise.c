#include "nn/conv/depthwise.h"

#include "nn/conv/finish.h"
#include "nn/kernels/depthwise.h"

#include <string.h>

static size_t taps_size(const ConvShape *s) {
    return (size_t)s->kh * s->kw * s->c;
}

/* taps (KH,KW,C) of weight (C,1,KH,KW); NULL when memory is out. Release after use. */
static float *borrow_taps(Tape *tape, const ConvShape *s, const float *weight) {
    int n_taps = s->kh * s->kw;
    float *taps = tape_borrow(tape, taps_size(s));
    for (int tap = 0; taps && tap < n_taps; tap++)
        for (int c = 0; c < s->c; c++)
            taps[(size_t)tap * s->c + c] = weight[(size_t)c * n_taps + tap];
    return taps;
}

int conv_depthwise_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                           const float *bias, bool relu, float *y) {
    float *taps = borrow_taps(tape, s, weight);
    if (!taps)
        return -1;
#pragma omp parallel for
    for (int image = 0; image < s->n; image++) {
        float *to = y + conv_y_size(s) * image;
        KERNELS(depthwise)->forward(s, x + conv_x_size(s) * image, taps, to);
        conv_finish(s->out_h * s->out_w, s->o, bias, relu, to);
    }
    tape_release(tape, taps);
    return 0;
}

int conv_depthwise_backward_data(Tape *tape, const ConvShape *s, const float *dy,
                                 const float *weight, GradientSlot dx) {
    float *taps = borrow_taps(tape, s, weight);
    if (!taps)
        return -1;
#pragma omp parallel for
    for (int image = 0; image < s->n; image++) {
        float *to = dx.data + conv_x_size(s) * image;
        if (!dx.add)
            memset(to, 0, conv_x_size(s) * sizeof *to);
        KERNELS(depthwise)->backward_data(s, dy + conv_y_size(s) * image, taps, to);
    }
    tape_release(tape, taps);
    return 0;
}

int conv_depthwise_backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                                   GradientSlot dweight) {
    int parts = conv_parts(s->n), n_taps = s->kh * s->kw;
    size_t stride = taps_size(s);
    float *sums = tape_borrow(tape, stride * parts);
    if (!sums)
        return -1;
#pragma omp parallel for
    for (int part = 0; part < parts; part++) {
        float *to = sums + stride * part;
        memset(to, 0, stride * sizeof *to);
        for (int image = conv_part_first(s->n, part); image < conv_part_first(s->n, part + 1);
             image++)
            KERNELS(depthwise)->backward_weight(s, x + conv_x_size(s) * image,
                                                dy + conv_y_size(s) * image, to);
    }
    for (int c = 0; c < s->c; c++)
        for (int tap = 0; tap < n_taps; tap++) {
            float *to = dweight.data + (size_t)c * n_taps + tap;
            float sum = dweight.add ? *to : 0;
            for (int part = 0; part < parts; part++)
                sum += sums[stride * part + (size_t)tap * s->c + c];
            *to = sum;
        }
    tape_release(tape, sums);
    return 0;
}
