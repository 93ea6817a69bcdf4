#include "infer/faces/detect/kernels/level_rows.h"

static void shrink(const uint8_t *source, const LevelColumn *columns, int n, uint16_t *out) {
    for (int i = 0; i < n; i++) {
        const uint8_t *pair = source + columns[i].at;
        out[i] = (uint16_t)(256 * pair[0] + columns[i].right * (pair[1] - pair[0]));
    }
}

static void blend(const uint16_t *upper, const uint16_t *lower, int lower_weight, int n,
                  uint8_t *pixels) {
    const uint32_t below = (uint32_t)lower_weight, above = 256 - below;
    for (int i = 0; i < n; i++)
        pixels[i] = (uint8_t)((above * upper[i] + below * lower[i] + (1 << 15)) >> 16);
}

static void integrate(const uint8_t *pixels, int n, int step, int plane, const uint32_t *above_sums,
                      const uint32_t *above_squares, uint32_t *sums, uint32_t *squares) {
    uint32_t sum = 0, square = 0;
    sums[0] = squares[0] = 0;
    if (step == 1) {
        for (int i = 0; i < n; i++) {
            sum += pixels[i];
            square += (uint32_t)pixels[i] * pixels[i];
            sums[i + 1] = above_sums[i + 1] + sum;
            squares[i + 1] = above_squares[i + 1] + square;
        }
        return;
    }
    for (int i = 0; i < n; i++) {
        sum += pixels[i];
        square += (uint32_t)pixels[i] * pixels[i];
        int at = ((i + 1) & 1) * plane + (i + 1) / 2;
        sums[at] = above_sums[at] + sum;
        squares[at] = above_squares[at] + square;
    }
}

const LevelRowKernels KERNEL_TABLE(level_row) = {
    .shrink = shrink,
    .blend = blend,
    .integrate = integrate,
};
