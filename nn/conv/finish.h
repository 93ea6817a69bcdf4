/* finish.h: what follows the products of a convolution, on rows that are still in the cache. */
#ifndef NN_CONV_FINISH_H
#define NN_CONV_FINISH_H

#include <stdbool.h>
#include <stddef.h>

/* y (rows, O) += bias (O) (or NULL), then max(0, ·) with relu, which keeps a NaN. */
static inline void conv_finish(int rows, int o, const float *bias, bool relu, float *y) {
    for (int row = 0; bias && row < rows; row++)
        for (int i = 0; i < o; i++)
            y[(size_t)row * o + i] += bias[i];
    for (size_t i = 0; relu && i < (size_t)rows * o; i++)
        y[i] = y[i] <= 0 ? 0 : y[i];
}

#endif
