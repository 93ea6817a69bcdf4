/* level_rows.h: the rows of a downscaled copy of a picture, and their integral.
 *
 * The copy is bilinear in fixed point with weights of 8 bits, as OpenCV's resize with
 * INTER_LINEAR_EXACT computes it for 8-bit pictures, so that the detector gets the same pixels as
 * OpenCV's. */
#ifndef INFER_FACES_DETECT_KERNELS_LEVEL_ROWS_H
#define INFER_FACES_DETECT_KERNELS_LEVEL_ROWS_H

#include "nn/kernels/isa.h"

#include <stdint.h>

/* The source of a column of the copy: pixels `at` and at + 1, weighted 256 - right and right. */
typedef struct LevelColumn {
    int32_t at, right;
} LevelColumn;

typedef struct LevelRowKernels {
    /* out[i] = the two pixels of column i weighted, for i = 0 … n-1. */
    void (*shrink)(const uint8_t *source, const LevelColumn *columns, int n, uint16_t *out);
    /* pixels[i] = two shrunk rows weighted 256 - lower_weight and lower_weight, rounded to 0 … 255.
     */
    void (*blend)(const uint16_t *upper, const uint16_t *lower, int lower_weight, int n,
                  uint8_t *pixels);
    /* Adds a row of pixels to the integrals: sums[c] = above_sums[c] + pixel 0 + … + pixel c-1 for
     * column c = 0 … n, and likewise their squares; columns are stored in `step` planes (see
     * windows.h). */
    void (*integrate)(const uint8_t *pixels, int n, int step, int plane, const uint32_t *above_sums,
                      const uint32_t *above_squares, uint32_t *sums, uint32_t *squares);
} LevelRowKernels;

DECLARE_KERNELS(LevelRowKernels, level_row);

#endif
