#include "nn/conv/single_channel.h"

#include "nn/kernels/single_channel.h"

#include <omp.h>
#include <string.h>

enum { TAPS = 9 };

bool conv_single_channel_fits(const ConvShape *s) {
    return s->c == 1 && s->kh == 3 && s->kw == 3 && s->stride == 1;
}

static int panels_of(const ConvShape *s) {
    int panel = KERNELS(single_channel)->panel;
    return (s->o + panel - 1) / panel;
}

static size_t padded_size(const ConvShape *s) {
    return (size_t)(s->out_h + 2) * (s->out_w + 2);
}

/* padded (OH+2, OW+2): one image inside its padding. */
static void pad(const ConvShape *s, const float *x, float *padded) {
    int width = s->out_w + 2;
    memset(padded, 0, padded_size(s) * sizeof *padded);
    for (int y = 0; y < s->h; y++)
        memcpy(padded + (size_t)(y + s->padding) * width + s->padding, x + (size_t)y * s->w,
               s->w * sizeof *padded);
}

/* taps (panels, 9, P) and, if there is one, bias (panels, P) with zeros beyond O. */
static void pack(const ConvShape *s, const float *weight, const float *bias, float *taps,
                 float *packed_bias) {
    int panel = KERNELS(single_channel)->panel;
    memset(taps, 0, (size_t)panels_of(s) * TAPS * panel * sizeof *taps);
    memset(packed_bias, 0, (size_t)panels_of(s) * panel * sizeof *packed_bias);
    for (int o = 0; o < s->o; o++) {
        packed_bias[o] = bias ? bias[o] : 0;
        for (int tap = 0; tap < TAPS; tap++)
            taps[((size_t)(o / panel) * TAPS + tap) * panel + o % panel] = weight[o * TAPS + tap];
    }
}

typedef enum Ending { ENDING_NONE, ENDING_RELU, ENDING_RELU_POOLED } Ending;

static int forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                   const float *bias, Ending ending, float *y) {
    const SingleChannelKernels *kernels = KERNELS(single_channel);
    int panel = kernels->panel, panels = panels_of(s);
    float *taps = tape_borrow(tape, (size_t)panels * (TAPS + 1) * panel);
    float *scratch = tape_borrow(tape, padded_size(s) * omp_get_max_threads());
    if (!taps || !scratch)
        return -1;
    float *packed_bias = taps + (size_t)panels * TAPS * panel;
    size_t y_size = ending == ENDING_RELU_POOLED
                        ? (size_t)(s->out_h / 2) * (size_t)(s->out_w / 2) * (size_t)s->o
                        : conv_y_size(s);
    pack(s, weight, bias, taps, packed_bias);
#pragma omp parallel for schedule(dynamic)
    for (int image = 0; image < s->n; image++) {
        float *padded = scratch + padded_size(s) * omp_get_thread_num();
        pad(s, x + conv_x_size(s) * image, padded);
        for (int i = 0; i < panels; i++) {
            const float *from = taps + (size_t)i * TAPS * panel, *start = packed_bias + i * panel;
            if (ending == ENDING_RELU_POOLED)
                kernels->forward_pooled(s->out_h, s->out_w, s->o, i * panel, padded, from, start,
                                        y + y_size * image);
            else
                kernels->forward(s->out_h, s->out_w, s->o, i * panel, padded, from, start,
                                 ending == ENDING_RELU, y + y_size * image);
        }
    }
    tape_release(tape, scratch);
    tape_release(tape, taps);
    return 0;
}

int conv_single_channel_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                                const float *bias, bool relu, float *y) {
    return forward(tape, s, x, weight, bias, relu ? ENDING_RELU : ENDING_NONE, y);
}

int conv_single_channel_forward_pooled(Tape *tape, const ConvShape *s, const float *x,
                                       const float *weight, const float *bias, float *y) {
    return forward(tape, s, x, weight, bias, ENDING_RELU_POOLED, y);
}

int conv_single_channel_backward_weight(Tape *tape, const ConvShape *s, const float *x,
                                        const float *dy, GradientSlot dweight) {
    int panel = KERNELS(single_channel)->panel, panels = panels_of(s);
    size_t stride = (size_t)panels * TAPS * panel;
    float *sums = tape_borrow(tape, stride * s->n);
    float *scratch = tape_borrow(tape, padded_size(s) * omp_get_max_threads());
    if (!sums || !scratch)
        return -1;
#pragma omp parallel for schedule(dynamic)
    for (int image = 0; image < s->n; image++) {
        float *padded = scratch + padded_size(s) * omp_get_thread_num();
        pad(s, x + conv_x_size(s) * image, padded);
        for (int i = 0; i < panels; i++)
            KERNELS(single_channel)
                ->backward_weight(s->out_h, s->out_w, s->o, i * panel, padded,
                                  dy + conv_y_size(s) * image,
                                  sums + stride * image + (size_t)i * TAPS * panel);
    }
    for (int o = 0; o < s->o; o++)
        for (int tap = 0; tap < TAPS; tap++) {
            const float *from = sums + ((size_t)(o / panel) * TAPS + tap) * panel + o % panel;
            float sum = dweight.add ? dweight.data[o * TAPS + tap] : 0;
            for (int image = 0; image < s->n; image++)
                sum += from[stride * image];
            dweight.data[o * TAPS + tap] = sum;
        }
    tape_release(tape, scratch);
    tape_release(tape, sums);
    return 0;
}
