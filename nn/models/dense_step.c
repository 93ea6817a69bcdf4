#include "nn/models/dense_step.h"

#include "nn/base/arena.h"
#include "nn/kernels/dense.h"

#include <string.h>

struct DenseStep {
    Arena *arena;
    int inputs, outputs, panels;
    uint16_t *packed;
    float *bias; /* NULL for none */
};

DenseStep *dense_step_create(const Tensor *weight, const Tensor *bias, Error *error) {
    char text[SHAPE_TEXT];
    if (weight->shape.n_dims != 2 ||
        (bias && !shape_equal(bias->shape, shape(weight->shape.size[0])))) {
        error_set(error, "dense step: weight %s; expected (O,I), with bias (O)",
                  shape_text(weight->shape, text));
        return NULL;
    }
    const DenseKernels *kernels = KERNELS(dense);
    int outputs = weight->shape.size[0], inputs = weight->shape.size[1];
    int panels = (outputs + kernels->width - 1) / kernels->width;
    Arena *arena = arena_create();
    DenseStep *layer = arena ? arena_alloc(arena, sizeof *layer) : NULL;
    if (layer)
        *layer =
            (DenseStep){.arena = arena,
                        .inputs = inputs,
                        .outputs = outputs,
                        .panels = panels,
                        .packed = arena_calloc(arena, (size_t)panels * (size_t)kernels->width,
                                               (size_t)inputs * sizeof(uint16_t)),
                        .bias = bias ? arena_calloc(arena, (size_t)outputs, sizeof(float)) : NULL};
    if (!layer || !layer->packed || (bias && !layer->bias)) {
        error_memory(error, "a linear layer",
                     (unsigned long long)tensor_count(weight) * sizeof(float));
        arena_destroy(arena);
        return NULL;
    }
    for (int panel = 0; panel < panels; panel++)
        kernels->pack(layer->packed, weight->data, outputs, inputs, panel);
    if (bias)
        memcpy(layer->bias, bias->data, (size_t)outputs * sizeof *layer->bias);
    return layer;
}

void dense_step_destroy(DenseStep *layer) {
    if (layer)
        arena_destroy(layer->arena);
}

void dense_step(const DenseStep *layer, int rows, const float *x, float *y) {
    const DenseProduct product = {
        .rows = rows,
        .depth = layer->inputs,
        .outputs = layer->outputs,
        .packed = layer->packed,
        .bias = layer->bias,
        .x = x,
        .y = y,
    };
    const DenseKernels *kernels = KERNELS(dense);
    /* Below this many weights the threads' meeting costs more than the second one saves. */
    enum { PARALLEL_WEIGHTS = 1 << 17 };
    if ((int64_t)layer->inputs * layer->outputs < PARALLEL_WEIGHTS) {
        for (int panel = 0; panel < layer->panels; panel++)
            kernels->multiply(&product, panel);
        return;
    }
#pragma omp parallel for
    for (int panel = 0; panel < layer->panels; panel++)
        kernels->multiply(&product, panel);
}
