/* vector_math.h: functions of one variable over whole arrays.
 *
 * An element's value depends on its place in the array only through the instruction set's rounding
 * order, so callers split long arrays at places that do not depend on the number of threads. */
#ifndef NN_KERNELS_VECTOR_MATH_H
#define NN_KERNELS_VECTOR_MATH_H

#include "nn/kernels/isa.h"

#include <stdint.h>

typedef struct VectorMathKernels {
    /* y[i] = f(x[i]); y may be x. */
    void (*exp)(float *y, const float *x, int64_t count);
    void (*sigmoid)(float *y, const float *x, int64_t count);
    void (*tanh)(float *y, const float *x, int64_t count);
    /* log Σ exp x[i], with the largest subtracted first; count > 0. */
    float (*log_sum_exp)(const float *x, int64_t count);
    /* y[i] = exp(x[i] - offset); y may be x. */
    void (*exp_minus)(float *y, const float *x, float offset, int64_t count);
    /* total[i] += x[i] */
    void (*accumulate)(double *total, const float *x, int64_t count);
} VectorMathKernels;

DECLARE_KERNELS(VectorMathKernels, vector_math);

#endif
