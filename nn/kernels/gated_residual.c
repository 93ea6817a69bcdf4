#include "nn/kernels/gated_residual.h"

#include "nn/kernels/panels.h"

static void forward(int rows, int c, const float *x, const float *gate, const float *shortcut,
                    float *y) {
    for (int row = 0; row < rows; row++, x += c, shortcut += c, y += c)
        for (int i = 0; i < c; i += LANES) {
            int lanes = lanes_from(i, c);
            Vector sum = load_lanes(x + i, lanes) * load_lanes(gate + i, lanes) +
                         load_lanes(shortcut + i, lanes);
            store_lanes(y + i, vector_select(sum <= 0, vector_of(0), sum), lanes); /* keeps NaN */
        }
}

/* Writes or adds `value` to a place of the target. */
INLINE void put(const GatedTarget *target, bool add, size_t at, Vector value, int lanes) {
    if (add)
        value += load_lanes(target->data + at, lanes);
    store_lanes(target->data + at, value, lanes);
}

/* Inlined with constant `add_x` and `add_shortcut`. */
INLINE void put_gradients(int rows, int c, const float *x, const float *gate, const float *y,
                          const float *dy, const GatedTarget *dx, bool add_x, float *dgate,
                          const GatedTarget *dshortcut, bool add_shortcut) {
    memset(dgate, 0, (size_t)c * sizeof *dgate);
    for (int row = 0; row < rows; row++)
        for (int i = 0; i < c; i += LANES) {
            int lanes = lanes_from(i, c);
            size_t at = (size_t)row * (size_t)c + (size_t)i;
            Vector passed = load_lanes(dy + at, lanes);
            passed = vector_select(load_lanes(y + at, lanes) > 0, passed, vector_of(0));
            Vector sum = load_lanes(dgate + i, lanes) + passed * load_lanes(x + at, lanes);
            store_lanes(dgate + i, sum, lanes);
            put(dx, add_x, at, passed * load_lanes(gate + i, lanes), lanes);
            put(dshortcut, add_shortcut, at, passed, lanes);
        }
}

static void backward(int rows, int c, const float *x, const float *gate, const float *y,
                     const float *dy, GatedTarget dx, float *dgate, GatedTarget dshortcut) {
    if (dx.add || dshortcut.add)
        put_gradients(rows, c, x, gate, y, dy, &dx, dx.add, dgate, &dshortcut, dshortcut.add);
    else
        put_gradients(rows, c, x, gate, y, dy, &dx, false, dgate, &dshortcut, false);
}

const GatedResidualKernels KERNEL_TABLE(gated_residual) = {
    .forward = forward,
    .backward = backward,
};
