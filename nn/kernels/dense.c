#include "nn/kernels/dense.h"

#include "nn/base/float16.h"
#include "nn/kernels/panels.h"

enum { VECTORS = 4, WIDTH = VECTORS * LANES };

static void pack(uint16_t *packed, const float *weight, int outputs, int depth, int panel) {
    packed += (ptrdiff_t)panel * WIDTH * depth;
    for (int lane = 0; lane < WIDTH; lane++) {
        int output = panel * WIDTH + lane;
        for (int k = 0; k < depth; k++)
            packed[(ptrdiff_t)k * WIDTH + lane] =
                float16_from_float(output < outputs ? weight[(ptrdiff_t)output * depth + k] : 0);
    }
}

INLINE void multiply_some(const DenseProduct *p, int panel, int first, int rows) {
    Vector sum[2 * VECTORS];
#pragma GCC unroll 8
    for (int i = 0; i < rows * VECTORS; i++)
        sum[i] = vector_of(0);
    const Weights weights = {p->packed + (ptrdiff_t)panel * WIDTH * p->depth, true};
    const float *x = p->x + (ptrdiff_t)first * p->depth;
    if (rows == 1)
        multiply_row(VECTORS, p->depth, x, weights, sum);
    else
        multiply_rows(rows, VECTORS, p->depth, x, p->depth, weights, NULL, sum);
    for (int row = 0; row < rows; row++)
        for (int v = 0, unit = panel * WIDTH; v < VECTORS && unit < p->outputs;
             v++, unit += LANES) {
            int lanes = lanes_from(unit, p->outputs);
            Vector y = sum[row * VECTORS + v];
            if (p->bias)
                y += load_lanes(p->bias + unit, lanes);
            store_lanes(p->y + (ptrdiff_t)(first + row) * p->outputs + unit, y, lanes);
        }
}

static void multiply(const DenseProduct *p, int panel) {
    int row = 0;
    for (; row + 2 <= p->rows; row += 2)
        multiply_some(p, panel, row, 2);
    if (row < p->rows)
        multiply_some(p, panel, row, 1);
}

const DenseKernels KERNEL_TABLE(dense) = {
    .width = WIDTH,
    .pack = pack,
    .multiply = multiply,
};
