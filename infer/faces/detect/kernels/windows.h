/* windows.h: runs a cascade over a row of windows, a vector of neighbouring windows at a time.
 *
 * The windows of a row are `step` pixels apart. So that neighbours are adjacent in memory, an
 * integral row of pixels 0 … n is stored as `step` planes: pixel column c of window i is at i + (c
 * % step) * plane + c / step. A plan holds the corners of all features as such offsets.
 *
 * Every step is the arithmetic of OpenCV's HaarEvaluator, in the same number formats and the same
 * order, so that each window gets the same result, on every instruction set. */
#ifndef INFER_FACES_DETECT_KERNELS_WINDOWS_H
#define INFER_FACES_DETECT_KERNELS_WINDOWS_H

#include "infer/faces/detect/cascade/cascade.h"
#include "nn/kernels/isa.h"

#include <stdint.h>

/* Sum of a rectangle = at[c0] - at[c1] - at[c2] + at[c3]. */
typedef struct WindowCorners {
    int32_t at[4];
} WindowCorners;

/* A CascadeNode with its feature's corners resolved. */
typedef struct WindowNode {
    WindowCorners rectangles[CASCADE_RECTANGLES];
    float weights[CASCADE_RECTANGLES];
    float threshold;
    int16_t n_rectangles;
    int16_t ways[2]; /* below the threshold, and not below it */
} WindowNode;

typedef struct WindowPlan {
    const Cascade *cascade; /* stages, trees and leaves */
    WindowNode *nodes;      /* as many as the cascade has, in its order */
    WindowCorners inner;    /* the window without a border of one pixel, for normalisation */
    double inner_area;
} WindowPlan;

/* Vector loads may read this many values past the last window's corners: rows are padded by as
 * many. */
enum { WINDOW_PADDING = 64 };

typedef struct WindowKernels {
    /* For the windows 0 … n-1 of a row: writes 1 / (area · standard deviation) to norm[i] and sets
     * bit i of `passed` (passed the first stage) or of `rejected` (rejected by it); neither for a
     * flat window, which OpenCV skips. `sums` and `squares` point at the row of the windows' upper
     * edge; norm has room for n + WINDOW_PADDING, the bits for n rounded up to 64. */
    void (*first_stage)(const WindowPlan *plan, const uint32_t *sums, const uint32_t *squares,
                        int n, float *norm, uint64_t *passed, uint64_t *rejected);
    /* Runs the other stages for the windows whose bit is set and clears the bits of those rejected.
     */
    void (*later_stages)(const WindowPlan *plan, const uint32_t *sums, int n, const float *norm,
                         uint64_t *alive);
} WindowKernels;

DECLARE_KERNELS(WindowKernels, window);

#endif
