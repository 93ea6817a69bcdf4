/* conv_shape.h: the sizes of a convolution, shared by all the ways to compute it. */
#ifndef NN_KERNELS_CONV_SHAPE_H
#define NN_KERNELS_CONV_SHAPE_H

#include <stddef.h>

/* x (N,H,W,C) and weight (O,C/G,KH,KW) give y (N,OH,OW,O). */
typedef struct ConvShape {
    int n, h, w, c;
    int o, kh, kw;
    int stride, padding, groups;
    int out_h, out_w;
} ConvShape;

static inline size_t conv_x_size(const ConvShape *s) { /* floats of one image */
    return (size_t)s->h * s->w * s->c;
}

static inline size_t conv_y_size(const ConvShape *s) {
    return (size_t)s->out_h * s->out_w * s->o;
}

/* The convolution of dy that gives dx, for stride 1 and square weights wider than the padding:
 * inputs and outputs change places, and the weights are turned by 180 degrees. */
static inline ConvShape conv_turned(const ConvShape *s) {
    ConvShape turned = *s;
    turned.h = s->out_h;
    turned.w = s->out_w;
    turned.c = s->o;
    turned.o = s->c;
    turned.out_h = s->h;
    turned.out_w = s->w;
    turned.padding = s->kh - 1 - s->padding;
    return turned;
}

/* Sums over the batch are split into this many parts, whatever the number of threads, so that their
 * bits do not depend on it. Part p holds the images conv_part_first(p) … conv_part_first(p+1)-1. */
enum { CONV_MAX_PARTS = 8 };

static inline int conv_parts(int n) {
    return n < CONV_MAX_PARTS ? n : CONV_MAX_PARTS;
}

static inline int conv_part_first(int n, int part) {
    return (int)((long)n * part / conv_parts(n));
}

#endif
