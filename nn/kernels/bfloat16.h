/* bfloat16.h: 3×3 convolution with stride 1 of numbers in bfloat16 (nn/base/bfloat16.h), with sums
 * in fp32, on the matrix unit of processors that have one (Intel AMX).
 *
 * The unit adds to a tile of 16×16 sums the product of 16 rows of 32 numbers with 32 rows of 16, of
 * which pairs of rows are interleaved. No input is copied for each tap (im2col): an image with its
 * padding is a *map*, a list of positions (row by row, W + 2·padding in a row) of channels; the
 * inputs of tap (i, j) of all outputs are the list from position i·width + j on. Outputs stand at
 * the positions of their first tap; at the last two positions of a row and in the last two rows
 * there are none.
 *
 * Products are exact; numbers below 2^-126 count as 0. There is no plain version: without the unit,
 * nn/conv/bfloat16.h goes another way. */
#ifndef NN_KERNELS_BFLOAT16_H
#define NN_KERNELS_BFLOAT16_H

#include "nn/kernels/conv_shape.h"
#include "nn/kernels/isa.h"

#include <stdbool.h>
#include <stdint.h>

/* Channels and positions are taken by so many; channels beyond C or O are zero. */
enum { BFLOAT16_BLOCK = 32 };

static inline int bfloat16_blocks(int channels) {
    return (channels + BFLOAT16_BLOCK - 1) / BFLOAT16_BLOCK;
}

/* Positions of a row of the map, and of the map. */
static inline int bfloat16_width(const ConvShape *s) {
    return s->w + 2 * s->padding;
}
static inline int bfloat16_positions(const ConvShape *s) {
    return (s->h + 2 * s->padding) * bfloat16_width(s);
}

/* Positions to make room for: those of `images` maps, in whole blocks, and what the last taps of
 * the last block read. */
static inline int bfloat16_room(const ConvShape *s, int images) {
    int positions = bfloat16_positions(s) * images;
    return (positions / BFLOAT16_BLOCK + 2) * BFLOAT16_BLOCK + 2 * bfloat16_width(s) + 2;
}

/* Numbers of scratch for the gradient of so many images and blocks of outputs: a map of either
 * side, the inputs twice in pairs, the gradients turned. */
static inline size_t bfloat16_gradient_scratch(const ConvShape *s, int images, int n_blocks) {
    int inputs = bfloat16_blocks(s->c) * BFLOAT16_BLOCK, outputs = n_blocks * BFLOAT16_BLOCK;
    int widest = inputs > outputs ? inputs : outputs;
    return (size_t)bfloat16_room(s, images) * (widest + 2 * inputs + outputs);
}

typedef struct Bfloat16Kernels {
    /* Whether the machine has the unit and lets this process use it. The rest may be called only
     * where it does. */
    bool (*available)(void);

    /* Packs the weights (O,C,3,3) of one block of outputs: (9, blocks of C, 2, 16, 16, 2). With
     * `turned`, those of the backward-data convolution, as in winograd.h. */
    void (*pack)(const ConvShape *s, int block, const float *weight, bool turned, uint16_t *u);

    /* y (OH,OW,O) of one image, set or added to; then + bias (O) unless NULL and max(0, ·) with
     * relu. `u` holds all packed blocks; `map` is scratch: (bfloat16_room(s, 1), padded C). */
    void (*convolve)(const ConvShape *s, const float *x, const uint16_t *u, const float *bias,
                     bool relu, bool add, uint16_t *map, float *y);

    /* dweight as (padded outputs, 9, padded C), set or added to, of `images` images and the
     * outputs of n_blocks blocks from first_block on. `scratch`: bfloat16_gradient_scratch. */
    void (*gradient)(const ConvShape *s, int images, int first_block, int n_blocks, const float *x,
                     const float *dy, bool add, uint16_t *scratch, float *dweight);
} Bfloat16Kernels;
DECLARE_KERNELS(Bfloat16Kernels, bfloat16);

#endif
