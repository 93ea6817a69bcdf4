#include "nn/kernels/lstm.h"

#include "nn/kernels/panels.h"

enum { GATES = 4 };

/* Sums held in registers: ROWS rows by as many vectors as a panel is wide, leaving some registers
 * for the operands. */
#if defined ISA_AVX512
enum { FORWARD_ROWS = 6, BACKWARD_ROWS = 12, BACKWARD_VECTORS = 2 };
#else
enum { FORWARD_ROWS = 3, BACKWARD_ROWS = 6, BACKWARD_VECTORS = 2 };
#endif
enum { BACKWARD_WIDTH = BACKWARD_VECTORS * LANES };

/* How many rows to take next, so that all groups of at most `most` are about as large: a small last
 * one would read the weights for little work. */
INLINE int next_rows(int rows, int first, int most) {
    int left = rows - first, groups = (left + most - 1) / most;
    return (left + groups - 1) / groups;
}

/* While the groups of rows read one panel, each fetches a part of the next panel. */
INLINE const void *next_part(Weights weights, int vectors, int depth, int group) {
    return weights_from(weights, ((ptrdiff_t)vectors + group % vectors) * depth).at;
}

/* ---- forwards ---- */

/* Packed as (depth, gate, lane); lanes past the last unit are 0. */
static void pack_forward(float *packed, const float *weight, int hidden, int depth, int panel) {
    int unit = panel * LANES, lanes = lanes_from(unit, hidden);
    packed += (ptrdiff_t)panel * GATES * LANES * depth;
    for (int gate = 0; gate < GATES; gate++)
        for (int lane = 0; lane < LANES; lane++) {
            const float *from = weight + ((ptrdiff_t)gate * hidden + unit + lane) * depth;
            float *to = packed + gate * LANES + lane;
            for (int k = 0; k < depth; k++)
                to[(ptrdiff_t)k * GATES * LANES] = lane < lanes ? from[k] : 0;
        }
}

INLINE void forward_rows(const LstmForward *s, int panel, int first, int rows, int group,
                         bool halves) {
    int unit = panel * LANES, lanes = lanes_from(unit, s->hidden);
    Weights all = {halves ? (const void *)s->halves : s->packed, halves};
    Weights weights = weights_from(all, (ptrdiff_t)panel * GATES * s->depth);
    float *gates = s->gates + (ptrdiff_t)first * GATES * s->hidden + unit;
    Vector sum[FORWARD_ROWS * GATES];
    for (int row = 0; row < rows; row++)
        for (int gate = 0; gate < GATES; gate++)
            sum[row * GATES + gate] =
                load_lanes(gates + ((ptrdiff_t)row * GATES + gate) * s->hidden, lanes);
    if (rows == 1)
        multiply_row(GATES, s->depth, s->h + first * s->h_stride, weights, sum);
    else
        multiply_rows(rows, GATES, s->depth, s->h + first * s->h_stride, s->h_stride, weights,
                      next_part(weights, GATES, s->depth, group), sum);
    for (int row = 0; row < rows; row++) {
        ptrdiff_t at = (ptrdiff_t)(first + row) * s->hidden + unit;
        Vector input = vector_sigmoid(sum[row * GATES]),
               forget = vector_sigmoid(sum[row * GATES + 1]);
        Vector candidate = vector_tanh(sum[row * GATES + 2]),
               output = vector_sigmoid(sum[row * GATES + 3]);
        Vector cell = input * candidate;
        if (s->previous_cell)
            cell += forget * load_lanes(s->previous_cell + at, lanes);
        Vector y = output * vector_tanh(cell);
        const Vector activations[GATES] = {input, forget, candidate, output};
        for (int gate = 0; gate < GATES; gate++)
            store_lanes(gates + ((ptrdiff_t)row * GATES + gate) * s->hidden, activations[gate],
                        lanes);
        store_lanes(s->cell + at, cell, lanes);
        store_lanes(s->y + at, y, lanes);
        if (s->next_h)
            store_lanes(s->next_h + (first + row) * s->h_stride + unit, y, lanes);
    }
}

INLINE void forward_panel(const LstmForward *s, int panel, bool halves) {
#define SOME_ROWS(n)                                                                               \
    case n:                                                                                        \
        forward_rows(s, panel, first, n, group, halves);                                           \
        break
    for (int first = 0, count, group = 0; first < s->rows; first += count, group++) {
        count = next_rows(s->rows, first, FORWARD_ROWS);
        switch (count) {
            SOME_ROWS(1);
            SOME_ROWS(2);
            SOME_ROWS(3);
#if defined ISA_AVX512
            SOME_ROWS(4);
            SOME_ROWS(5);
            SOME_ROWS(6);
#endif
        }
    }
#undef SOME_ROWS
}

static void forward(const LstmForward *s, int panel) {
    if (s->halves)
        forward_panel(s, panel, true);
    else
        forward_panel(s, panel, false);
}

/* ---- backwards ---- */

/* Packed as (depth, lane of the panel); lanes past the last unit are 0. */
static void pack_backward(float *packed, const float *weight, int hidden, int panel) {
    int unit = panel * BACKWARD_WIDTH, depth = GATES * hidden;
    int count = hidden - unit < BACKWARD_WIDTH ? hidden - unit : BACKWARD_WIDTH;
    packed += (ptrdiff_t)panel * BACKWARD_WIDTH * depth;
    for (int k = 0; k < depth; k++)
        for (int lane = 0; lane < BACKWARD_WIDTH; lane++)
            packed[(ptrdiff_t)k * BACKWARD_WIDTH + lane] =
                lane < count ? weight[(ptrdiff_t)k * hidden + unit + lane] : 0;
}

/* Gradients of one vector of units: dh is that of y so far, without dy. */
INLINE void backward_gates(const LstmBackward *s, int row, int unit, Vector dh) {
    int lanes = lanes_from(unit, s->hidden);
    ptrdiff_t at = (ptrdiff_t)row * s->hidden + unit;
    float *gates = s->gates + (ptrdiff_t)row * GATES * s->hidden + unit;
    dh += load_lanes(s->dy + at, lanes);
    if (s->extra_dh)
        dh += load_lanes(s->extra_dh + at, lanes);
    Vector input = load_lanes(gates, lanes), forget = load_lanes(gates + s->hidden, lanes);
    Vector candidate = load_lanes(gates + 2 * s->hidden, lanes),
           output = load_lanes(gates + 3 * s->hidden, lanes);
    Vector cell = vector_tanh(load_lanes(s->cell + at, lanes));
    Vector previous = s->previous_cell ? load_lanes(s->previous_cell + at, lanes) : vector_of(0);
    Vector dcell = load_lanes(s->dcell + at, lanes) + dh * output * (1.0f - cell * cell);
    store_lanes(s->dcell + at, dcell * forget, lanes);
    const Vector gradients[GATES] = {
        dcell * candidate * input * (1.0f - input),
        dcell * previous * forget * (1.0f - forget),
        dcell * input * (1.0f - candidate * candidate),
        dh * cell * output * (1.0f - output),
    };
    float *dgates = s->dgates + row * s->later_stride + unit;
    for (int gate = 0; gate < GATES; gate++) {
        store_lanes(gates + gate * s->hidden, gradients[gate], lanes);
        store_lanes(dgates + gate * s->hidden, gradients[gate], lanes);
    }
}

/* The product's part of dh for some rows of a panel, then either the gates or out. */
INLINE void backward_rows(const LstmBackward *s, int panel, int first, int rows, int group,
                          float *out, bool add) {
    int unit = panel * BACKWARD_WIDTH;
    Vector sum[BACKWARD_ROWS * BACKWARD_VECTORS];
    for (int i = 0; i < rows * BACKWARD_VECTORS; i++)
        sum[i] = vector_of(0);
    const Weights weights = {s->packed + (ptrdiff_t)panel * BACKWARD_WIDTH * s->depth, false};
    multiply_rows(rows, BACKWARD_VECTORS, s->depth, s->later + first * s->later_stride,
                  s->later_stride, weights, next_part(weights, BACKWARD_VECTORS, s->depth, group),
                  sum);
    for (int row = 0; row < rows; row++)
        for (int v = 0; v < BACKWARD_VECTORS && unit + v * LANES < s->hidden; v++) {
            int start = unit + v * LANES;
            Vector dh = sum[row * BACKWARD_VECTORS + v];
            if (!out) {
                backward_gates(s, first + row, start, dh);
                continue;
            }
            float *to = out + (ptrdiff_t)(first + row) * s->hidden + start;
            int lanes = lanes_from(start, s->hidden);
            if (add)
                dh += load_lanes(to, lanes);
            store_lanes(to, dh, lanes);
        }
}

INLINE void backward_panel(const LstmBackward *s, int panel, float *out, bool add) {
#define SOME_ROWS(n)                                                                               \
    case n:                                                                                        \
        backward_rows(s, panel, first, n, group, out, add);                                        \
        break
    for (int first = 0, count, group = 0; first < s->rows; first += count, group++) {
        count = next_rows(s->rows, first, BACKWARD_ROWS);
        switch (count) {
            SOME_ROWS(1);
            SOME_ROWS(2);
            SOME_ROWS(3);
            SOME_ROWS(4);
            SOME_ROWS(5);
            SOME_ROWS(6);
#if defined ISA_AVX512
            SOME_ROWS(7);
            SOME_ROWS(8);
            SOME_ROWS(9);
            SOME_ROWS(10);
            SOME_ROWS(11);
            SOME_ROWS(12);
#endif
        }
    }
#undef SOME_ROWS
}

static void backward(const LstmBackward *s, int panel) {
    backward_panel(s, panel, NULL, false);
}

static void backward_product(const LstmBackward *s, float *out, bool add, int panel) {
    backward_panel(s, panel, out, add);
}

const LstmKernels KERNEL_TABLE(lstm) = {
    .lanes = LANES,
    .pack_forward = pack_forward,
    .forward = forward,
    .pack_backward = pack_backward,
    .backward = backward,
    .backward_product = backward_product,
    .backward_width = BACKWARD_WIDTH,
};
