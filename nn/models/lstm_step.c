#include "nn/models/lstm_step.h"

#include "nn/base/arena.h"
#include "nn/base/float16.h"
#include "nn/kernels/lstm.h"

#include <string.h>

struct LstmStep {
    Arena *arena;
    int inputs, hidden, panels;
    uint16_t *packed; /* [W_ih W_hh] as one matrix (4H, I+H) */
    float *bias;      /* (4H): the sum of both */
};

static int check_shapes(const Tensor *weight_ih, const Tensor *weight_hh, const Tensor *bias_ih,
                        const Tensor *bias_hh, Error *error) {
    const Shape ih = weight_ih->shape, hh = weight_hh->shape;
    int hidden = hh.n_dims == 2 ? hh.size[1] : 0;
    if (hidden > 0 && hidden <= INT32_MAX / 8 && ih.n_dims == 2 && ih.size[0] == 4 * hidden &&
        hh.size[0] == 4 * hidden && ih.size[1] <= INT32_MAX / 8 &&
        shape_equal(bias_ih->shape, shape(4 * hidden)) &&
        shape_equal(bias_hh->shape, shape(4 * hidden)))
        return 0;
    char text[2][SHAPE_TEXT];
    return error_set(error, "LSTM step: weights of shapes %s and %s; expected (4H,I) and (4H,H)",
                     shape_text(ih, text[0]), shape_text(hh, text[1]));
}

/* Weights of all panels, with those that fill up the last one. */
static size_t packed_count(const LstmStep *layer) {
    return (size_t)layer->panels * 4 * (size_t)KERNELS(lstm)->lanes *
           ((size_t)layer->inputs + (size_t)layer->hidden);
}

/* Puts [W_ih W_hh] side by side, packs and rounds them. */
static int pack(LstmStep *layer, const float *weight_ih, const float *weight_hh, Error *error) {
    size_t inputs = (size_t)layer->inputs, hidden = (size_t)layer->hidden, depth = inputs + hidden;
    Arena *scratch = arena_create();
    float *joined = scratch ? arena_calloc(scratch, 4 * hidden, depth * sizeof *joined) : NULL;
    float *packed = joined ? arena_calloc(scratch, packed_count(layer), sizeof *packed) : NULL;
    if (!packed) {
        arena_destroy(scratch);
        return error_memory(error, "packing an LSTM layer", packed_count(layer) * sizeof *packed);
    }
    for (size_t gate = 0; gate < 4 * hidden; gate++) {
        memcpy(joined + gate * depth, weight_ih + gate * inputs, inputs * sizeof *joined);
        memcpy(joined + gate * depth + inputs, weight_hh + gate * hidden, hidden * sizeof *joined);
    }
    for (int panel = 0; panel < layer->panels; panel++)
        KERNELS(lstm)->pack_forward(packed, joined, layer->hidden, (int)depth, panel);
    for (size_t i = 0; i < packed_count(layer); i++)
        layer->packed[i] = float16_from_float(packed[i]);
    arena_destroy(scratch);
    return 0;
}

LstmStep *lstm_step_create(const Tensor *weight_ih, const Tensor *weight_hh, const Tensor *bias_ih,
                           const Tensor *bias_hh, Error *error) {
    if (check_shapes(weight_ih, weight_hh, bias_ih, bias_hh, error))
        return NULL;
    Arena *arena = arena_create();
    LstmStep *layer = arena ? arena_alloc(arena, sizeof *layer) : NULL;
    int lanes = KERNELS(lstm)->lanes, inputs = weight_ih->shape.size[1];
    int hidden = weight_hh->shape.size[1];
    size_t depth = (size_t)inputs + (size_t)hidden, gates = 4 * (size_t)hidden;
    if (layer) {
        *layer = (LstmStep){.arena = arena,
                            .inputs = inputs,
                            .hidden = hidden,
                            .panels = (hidden + lanes - 1) / lanes,
                            .bias = arena_calloc(arena, gates, sizeof(float))};
        layer->packed = arena_calloc(arena, packed_count(layer), sizeof *layer->packed);
    }
    if (!layer || !layer->packed || !layer->bias)
        error_memory(error, "an LSTM layer", gates * depth * sizeof *layer->packed);
    else if (!pack(layer, weight_ih->data, weight_hh->data, error)) {
        for (size_t i = 0; i < gates; i++)
            layer->bias[i] = bias_ih->data[i] + bias_hh->data[i];
        return layer;
    }
    arena_destroy(arena);
    return NULL;
}

void lstm_step_destroy(LstmStep *layer) {
    if (layer)
        arena_destroy(layer->arena);
}

size_t lstm_step_scratch(const LstmStep *layer, int rows) {
    return (size_t)rows * ((size_t)layer->inputs + 5 * (size_t)layer->hidden);
}

void lstm_step(const LstmStep *layer, int rows, const float *x, float *hidden, float *cell,
               float *scratch) {
    size_t inputs = (size_t)layer->inputs, units = (size_t)layer->hidden, depth = inputs + units;
    float *gates = scratch;                             /* (rows, 4H) */
    float *operands = gates + (size_t)rows * 4 * units; /* (rows, I+H): x and the last h */
    for (size_t row = 0; row < (size_t)rows; row++) {
        memcpy(operands + row * depth, x + row * inputs, inputs * sizeof *x);
        memcpy(operands + row * depth + inputs, hidden + row * units, units * sizeof *x);
        memcpy(gates + row * 4 * units, layer->bias, 4 * units * sizeof *x);
    }
    const LstmForward step = {
        .rows = rows,
        .hidden = layer->hidden,
        .depth = (int)depth,
        .halves = layer->packed,
        .h = operands,
        .h_stride = (ptrdiff_t)depth,
        .previous_cell = cell,
        .gates = gates,
        .cell = cell,
        .y = hidden,
    };
    const LstmKernels *kernels = KERNELS(lstm);
    /* Below this many weights the threads' meeting costs more than the second one saves. */
    enum { PARALLEL_WEIGHTS = 1 << 16 };
    if (units * depth < PARALLEL_WEIGHTS) {
        for (int panel = 0; panel < layer->panels; panel++)
            kernels->forward(&step, panel);
        return;
    }
#pragma omp parallel for
    for (int panel = 0; panel < layer->panels; panel++)
        kernels->forward(&step, panel);
}
