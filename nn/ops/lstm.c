/* lstm.c: one layer of long short-term memory (Hochreiter and Schmidhuber 1997; forget gate: Gers,
 * Schmidhuber and Cummins 2000), for t = 0 … T-1:
 *
 *     i, f, o = σ(x_t W_ihᵀ + b_ih + h_{t-1} W_hhᵀ + b_hh)      g = tanh(likewise)
 *     c_t = f c_{t-1} + i g                                      h_t = o tanh(c_t)
 *
 * and backwards, from dh and dc of the step after:
 *
 *     dh += dy_t                  dc += dh o (1 - tanh²(c_t))
 *     di = dc g i (1-i)           df = dc c_{t-1} f (1-f)        dg = dc i (1-g²)
 *     do = dh tanh(c_t) o (1-o)   dc_{t-1} = dc f                dh_{t-1} = dgates W_hh
 *
 * Where a sequence is reset before step t, h_{t-1} counts as 0 and f_t is set to 0, which cuts
 * c_{t-1} and every gradient across the cut.
 *
 * The inputs' part of all steps is one product, and so are the gradients of the weights; only the
 * recurrent part is computed step by step (nn/kernels/lstm.h). */
#include "nn/kernels/lstm.h"
#include "nn/ops/operators_internal.h"

#include <string.h>

enum { X, WEIGHT_IH, WEIGHT_HH, BIAS_IH, BIAS_HH, HIDDEN, CELL, INPUTS };
enum { Y, LAST_HIDDEN, LAST_CELL, OUTPUTS };

/* Rows of the step's operands are kept this much apart from a power of two, or they would share the
 * few places of the first-level cache that their addresses allow. */
enum { PADDING = 16 };

typedef struct Sizes {
    int steps, batch, inputs, hidden;
    size_t state; /* batch * hidden */
    size_t h_stride, gate_stride;
    int forward_panels, backward_panels;
} Sizes;

static Sizes sizes_of(const Node *node) {
    const int *x = node->input[X]->shape.size, hidden = node->input[WEIGHT_HH]->shape.size[1];
    const LstmKernels *kernels = KERNELS(lstm);
    return (Sizes){
        .steps = x[0],
        .batch = x[1],
        .inputs = x[2],
        .hidden = hidden,
        .state = (size_t)x[1] * (size_t)hidden,
        .h_stride = (size_t)hidden + PADDING,
        .gate_stride = 4 * (size_t)hidden + PADDING,
        .forward_panels = (hidden + kernels->lanes - 1) / kernels->lanes,
        .backward_panels = (hidden + kernels->backward_width - 1) / kernels->backward_width,
    };
}

static int lstm_infer(Node *node, Error *error) {
    const Shape x = node->input[X]->shape, weight_hh = node->input[WEIGHT_HH]->shape;
    int hidden = weight_hh.n_dims == 2 ? weight_hh.size[1] : 0;
    bool fits = x.n_dims == 3 && hidden > 0 && hidden <= INT32_MAX / 4 && x.size[0] > 0 &&
                x.size[1] > 0 && (int64_t)x.size[0] * x.size[1] <= INT32_MAX;
    const Shape state = shape(fits ? x.size[1] : 0, hidden), bias = shape(fits ? 4 * hidden : 0);
    if (!fits || weight_hh.size[0] != 4 * hidden ||
        !shape_equal(node->input[WEIGHT_IH]->shape, shape(4 * hidden, x.size[2])) ||
        !shape_equal(node->input[BIAS_IH]->shape, bias) ||
        !shape_equal(node->input[BIAS_HH]->shape, bias) ||
        (node->input[HIDDEN] && !shape_equal(node->input[HIDDEN]->shape, state)) ||
        (node->input[CELL] && !shape_equal(node->input[CELL]->shape, state)))
        return operator_reject(
            node, error,
            "x (T,B,I) with T, B > 0, weight_ih (4H,I), weight_hh (4H,H), bias_ih (4H), "
            "bias_hh (4H), hidden (B,H) or none, cell (B,H) or none");
    node->output[Y]->shape = shape(x.size[0], x.size[1], hidden);
    node->output[LAST_HIDDEN]->shape = node->output[LAST_CELL]->shape = state;
    return 0;
}

/* What backward reads again: gates (T,B,4H) after their nonlinearity, and cells (T,B,H). Backward
 * puts the gates' gradients in their place. */
typedef struct Saved {
    float *gates, *cells;
    const uint8_t *reset; /* (T,B) or NULL */
} Saved;

/* gates = x W_ihᵀ + b_ih + b_hh for all steps. */
static void multiply_inputs(const Node *node, Sizes s, float *bias, float *gates) {
    const float *bias_ih = node->input[BIAS_IH]->data, *bias_hh = node->input[BIAS_HH]->data;
    for (int i = 0; i < 4 * s.hidden; i++)
        bias[i] = bias_ih[i] + bias_hh[i];
    product(&(Product){.transpose_b = true,
                       .m = s.steps * s.batch,
                       .n = 4 * s.hidden,
                       .k = s.inputs,
                       .a = node->input[X]->data,
                       .b = node->input[WEIGHT_IH]->data,
                       .c = gates,
                       .lda = s.inputs,
                       .ldb = s.inputs,
                       .ldc = 4 * s.hidden,
                       .bias = bias});
}

/* Forward's side of a reset before step t: rows of h are cleared and the forget gates' sums put
 * where the sigmoid is 0. */
static void reset_rows(const uint8_t *reset, Sizes s, float *h, float *gates) {
    for (int row = 0; row < s.batch; row++) {
        if (!reset[row])
            continue;
        memset(h + (size_t)row * s.h_stride, 0, (size_t)s.hidden * sizeof *h);
        float *forget = gates + ((size_t)row * 4 + 1) * (size_t)s.hidden;
        for (int i = 0; i < s.hidden; i++)
            forget[i] = -1e30f;
    }
}

/* Backward's side: nothing flows from step t to the hidden state before it. */
static void cut_rows(const uint8_t *reset, Sizes s, float *dgates) {
    for (int row = 0; row < s.batch; row++)
        if (reset[row])
            memset(dgates + (size_t)row * s.gate_stride, 0, 4 * (size_t)s.hidden * sizeof *dgates);
}

/* Runs all steps. `packed` holds the recurrent weights, `h` two padded (B,H) buffers, the first
 * with the initial state. */
static void run_forward(const Node *node, Sizes s, Saved saved, float *packed, float *h) {
    const LstmKernels *kernels = KERNELS(lstm);
    const Tensor *hidden = node->input[HIDDEN], *cell = node->input[CELL];
    const uint8_t *reset = saved.reset;
    float *y = node->output[Y]->data;
    size_t half = (size_t)s.batch * s.h_stride;
#pragma omp parallel
    {
#pragma omp for
        for (int panel = 0; panel < s.forward_panels; panel++)
            kernels->pack_forward(packed, node->input[WEIGHT_HH]->data, s.hidden, s.hidden, panel);
        for (int t = 0; t < s.steps; t++) {
            size_t at = (size_t)t * s.state;
            const LstmForward step = {
                .rows = s.batch,
                .hidden = s.hidden,
                .depth = t || hidden ? s.hidden : 0,
                .packed = packed,
                .h = h + (t % 2 ? half : 0),
                .h_stride = (ptrdiff_t)s.h_stride,
                .previous_cell = t      ? saved.cells + at - s.state
                                 : cell ? cell->data
                                        : NULL,
                .gates = saved.gates + 4 * at,
                .cell = saved.cells + at,
                .y = y + at,
                .next_h = h + (t % 2 ? 0 : half),
            };
            if (reset) {
#pragma omp single
                reset_rows(reset + (size_t)t * (size_t)s.batch, s, h + (t % 2 ? half : 0),
                           saved.gates + 4 * at);
            }
#pragma omp for
            for (int panel = 0; panel < s.forward_panels; panel++)
                kernels->forward(&step, panel);
        }
    }
}

static void copy_padded(float *to, size_t stride, const float *from, Sizes s) {
    for (int row = 0; row < s.batch; row++)
        memcpy(to + (size_t)row * stride, from + (size_t)row * (size_t)s.hidden,
               (size_t)s.hidden * sizeof *to);
}

/* Memory for `count` floats until the end of the step while recording, else until the end of
 * forward. */
static float *get(Tape *tape, size_t count) {
    return tape_is_recording(tape) ? tape_alloc(tape, count * sizeof(float))
                                   : tape_borrow(tape, count);
}

static int lstm_forward(Tape *tape, Node *node) {
    Sizes s = sizes_of(node);
    Saved *saved = tape_alloc(tape, sizeof *saved);
    if (!saved)
        return -1;
    const uint8_t *const *reset = node->attributes;
    *saved = (Saved){get(tape, (size_t)s.steps * 4 * s.state), get(tape, (size_t)s.steps * s.state),
                     *reset};
    float *bias = tape_borrow(tape, 4 * (size_t)s.hidden);
    float *packed = tape_borrow(tape, (size_t)s.forward_panels * (size_t)KERNELS(lstm)->lanes * 4 *
                                          (size_t)s.hidden);
    float *h = tape_borrow(tape, 2 * (size_t)s.batch * s.h_stride);
    if (!saved->gates || !saved->cells || !bias || !packed || !h)
        return -1;
    node->saved = saved;
    if (node->input[HIDDEN])
        copy_padded(h, s.h_stride, node->input[HIDDEN]->data, s);
    multiply_inputs(node, s, bias, saved->gates);
    run_forward(node, s, *saved, packed, h);
    size_t last = (size_t)(s.steps - 1) * s.state;
    memcpy(node->output[LAST_HIDDEN]->data, node->output[Y]->data + last, s.state * sizeof(float));
    memcpy(node->output[LAST_CELL]->data, saved->cells + last, s.state * sizeof(float));
    tape_release(tape, bias);
    tape_release(tape, packed);
    tape_release(tape, h);
    if (!tape_is_recording(tape)) {
        tape_release(tape, saved->gates);
        tape_release(tape, saved->cells);
    }
    return 0;
}

/* Runs all steps from the last to the first: saved.gates become gradients, `dcell` (B,H) that of
 * the initial cell, and dhidden (if wanted) that of the initial hidden state. `dgates` are two
 * padded (B,4H) buffers. */
static void run_backward(const Node *node, Sizes s, Saved saved, float *packed, float *dgates,
                         float *dcell, GradientSlot dhidden) {
    const LstmKernels *kernels = KERNELS(lstm);
    const Tensor *cell = node->input[CELL];
    const uint8_t *reset = saved.reset;
    const float *dy = node->output[Y]->gradient, *last_dh = node->output[LAST_HIDDEN]->gradient;
    size_t half = (size_t)s.batch * s.gate_stride;
#pragma omp parallel
    {
#pragma omp for
        for (int panel = 0; panel < s.backward_panels; panel++)
            kernels->pack_backward(packed, node->input[WEIGHT_HH]->data, s.hidden, panel);
        for (int t = s.steps - 1; t >= 0; t--) {
            size_t at = (size_t)t * s.state;
            bool last = t == s.steps - 1;
            const LstmBackward step = {
                .rows = s.batch,
                .hidden = s.hidden,
                .depth = last ? 0 : 4 * s.hidden,
                .packed = packed,
                .later = dgates + (t % 2 ? 0 : half),
                .later_stride = (ptrdiff_t)s.gate_stride,
                .dy = dy + at,
                .extra_dh = last ? last_dh : NULL,
                .cell = saved.cells + at,
                .previous_cell = t      ? saved.cells + at - s.state
                                 : cell ? cell->data
                                        : NULL,
                .dcell = dcell,
                .gates = saved.gates + 4 * at,
                .dgates = dgates + (t % 2 ? half : 0),
            };
#pragma omp for
            for (int panel = 0; panel < s.backward_panels; panel++)
                kernels->backward(&step, panel);
            if (reset) {
#pragma omp single
                cut_rows(reset + (size_t)t * (size_t)s.batch, s, step.dgates);
            }
        }
        const LstmBackward initial = {
            .rows = s.batch,
            .hidden = s.hidden,
            .depth = dhidden.data ? 4 * s.hidden : 0,
            .packed = packed,
            .later = dgates,
            .later_stride = (ptrdiff_t)s.gate_stride,
        };
#pragma omp for
        for (int panel = 0; panel < (dhidden.data ? s.backward_panels : 0); panel++)
            kernels->backward_product(&initial, dhidden.data, dhidden.add, panel);
    }
}

/* Writes h_{t-1} of all steps: y one step later, the initial state first, zero after a reset. */
static void previous_hidden(const Node *node, Sizes s, const uint8_t *reset, float *previous) {
    const Tensor *hidden = node->input[HIDDEN];
    if (hidden)
        memcpy(previous, hidden->data, s.state * sizeof *previous);
    else
        memset(previous, 0, s.state * sizeof *previous);
    memcpy(previous + s.state, node->output[Y]->data,
           (size_t)(s.steps - 1) * s.state * sizeof *previous);
    size_t rows = (size_t)s.steps * (size_t)s.batch;
    for (size_t row = 0; reset && row < rows; row++)
        if (reset[row])
            memset(previous + row * (size_t)s.hidden, 0, (size_t)s.hidden * sizeof *previous);
}

/* dW_ih = Σ_t dgates_tᵀ x_t, dW_hh = Σ_t dgates_tᵀ h_{t-1}, db = Σ dgates, dx = dgates W_ih. */
static int gradients_of_products(Tape *tape, Node *node, Sizes s, const Saved *saved) {
    int rows = s.steps * s.batch, gates = 4 * s.hidden;
    const float *dgates = saved->gates;
    GradientSlot slot = tape_gradient(tape, node->input[X]);
    if (slot.data)
        product_into(slot, false, false, rows, s.inputs, gates, dgates,
                     node->input[WEIGHT_IH]->data);
    slot = tape_gradient(tape, node->input[WEIGHT_IH]);
    if (slot.data)
        product_into(slot, true, false, gates, s.inputs, rows, dgates, node->input[X]->data);
    slot = tape_gradient(tape, node->input[WEIGHT_HH]);
    if (slot.data) {
        float *previous = tape_borrow(tape, (size_t)s.steps * s.state);
        if (!previous)
            return -1;
        previous_hidden(node, s, saved->reset, previous);
        product_into(slot, true, false, gates, s.hidden, rows, dgates, previous);
        tape_release(tape, previous);
    }
    float *sum = tape_borrow(tape, (size_t)gates); /* both biases have the same gradient */
    if (!sum)
        return -1;
    sum_over(dgates, shape(rows, gates), 1, 1, sum, false);
    for (int bias = BIAS_IH; bias <= BIAS_HH; bias++) {
        slot = tape_gradient(tape, node->input[bias]);
        for (int i = 0; slot.data && i < gates; i++)
            slot.data[i] = (slot.add ? slot.data[i] : 0) + sum[i];
    }
    tape_release(tape, sum);
    return 0;
}

static int lstm_backward(Tape *tape, Node *node) {
    Sizes s = sizes_of(node);
    const Saved *saved = node->saved;
    float *packed =
        tape_borrow(tape, (size_t)s.backward_panels * (size_t)KERNELS(lstm)->backward_width * 4 *
                              (size_t)s.hidden);
    float *dgates = tape_borrow(tape, 2 * (size_t)s.batch * s.gate_stride);
    float *dcell = tape_borrow(tape, s.state);
    if (!packed || !dgates || !dcell)
        return -1;
    memcpy(dcell, node->output[LAST_CELL]->gradient, s.state * sizeof *dcell);
    run_backward(node, s, *saved, packed, dgates, dcell, tape_gradient(tape, node->input[HIDDEN]));
    GradientSlot initial = tape_gradient(tape, node->input[CELL]);
    for (size_t i = 0; initial.data && i < s.state; i++)
        initial.data[i] = (initial.add ? initial.data[i] : 0) + dcell[i];
    tape_release(tape, packed);
    tape_release(tape, dgates);
    tape_release(tape, dcell);
    return gradients_of_products(tape, node, s, saved);
}

const Operator lstm_operator = {"lstm", lstm_infer, lstm_forward, lstm_backward};

LstmOutput op_lstm(Tape *tape, Tensor *x, Tensor *hidden, Tensor *cell, Tensor *weight_ih,
                   Tensor *weight_hh, Tensor *bias_ih, Tensor *bias_hh, const uint8_t *reset) {
    Tensor *inputs[INPUTS] = {x, weight_ih, weight_hh, bias_ih, bias_hh, hidden, cell};
    uint8_t *kept = NULL;
    if (reset && x && x->shape.n_dims == 3) {
        size_t rows = (size_t)x->shape.size[0] * (size_t)x->shape.size[1];
        if (!(kept = tape_alloc(tape, rows)))
            return (LstmOutput){NULL, NULL, NULL};
        memcpy(kept, reset, rows);
    }
    Node *node =
        tape_apply(tape, &lstm_operator, OUTPUTS, INPUTS, HIDDEN, inputs, &kept, sizeof kept);
    if (!node)
        return (LstmOutput){NULL, NULL, NULL};
    return (LstmOutput){node->output[Y], node->output[LAST_HIDDEN], node->output[LAST_CELL]};
}
