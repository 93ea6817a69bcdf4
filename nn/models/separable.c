#include "nn/models/separable.h"

#include <math.h>
#include <stdio.h>

static const BatchNorm NORM = {.epsilon = 1e-5f, .momentum = 0.1f, .relu = true};

Separable separable_create(Parameters *parameters, const char *name, int inputs, int outputs,
                           Rng rng) {
    char pointwise[128], depthwise[128], norm[128];
    snprintf(pointwise, sizeof pointwise, "%s.pointwise", name);
    snprintf(depthwise, sizeof depthwise, "%s.depthwise", name);
    snprintf(norm, sizeof norm, "%s.norm", name);
    Shape channels = shape(outputs);
    Separable unit = {
        .pointwise = parameters_add(parameters, pointwise, "weight", shape(outputs, inputs),
                                    PARAMETER_WEIGHT),
        .depthwise = parameters_add(parameters, depthwise, "weight", shape(outputs, 1, 3, 3),
                                    PARAMETER_WEIGHT),
        .gain = parameters_add(parameters, norm, "weight", channels, PARAMETER_BIAS),
        .shift = parameters_add(parameters, norm, "bias", channels, PARAMETER_BIAS),
        .mean = parameters_add(parameters, norm, "running_mean", channels, PARAMETER_BUFFER),
        .var = parameters_add(parameters, norm, "running_var", channels, PARAMETER_BUFFER),
    };
    init_kaiming_normal(unit.pointwise, layer_rng(rng, pointwise));
    init_kaiming_normal(unit.depthwise, layer_rng(rng, depthwise));
    init_constant(unit.gain, 1);
    init_constant(unit.var, 1);
    return unit;
}

Tensor *separable_forward(const Separable *unit, Tape *tape, Tensor *x, bool max_pool) {
    if (unit->prepared)
        return op_separable_prepared(tape, x, unit->pointwise, unit->prepared, max_pool);
    Tensor *mixed = op_linear(tape, x, unit->pointwise, NULL);
    Conv2d settings = {.padding = 1, .groups = mixed ? mixed->shape.size[3] : 1};
    Tensor *y = op_conv2d(tape, mixed, unit->depthwise, NULL, settings);
    tape_forget(tape, mixed);
    BatchNorm norm = NORM;
    norm.max_pool = max_pool;
    Tensor *z = op_batch_norm(tape, y, unit->gain, unit->shift, unit->mean, unit->var, norm);
    tape_forget(tape, y);
    return z;
}

void separable_fold(Separable *unit, Parameters *folded) {
    const char *name = unit->depthwise->name;
    int outputs = unit->depthwise->shape.size[0];
    Tensor *bias = parameters_add(folded, name, "folded_bias", shape(outputs), PARAMETER_BUFFER);
    unit->prepared = parameters_add(folded, name, "prepared",
                                    separable_prepared_shape(unit->pointwise), PARAMETER_BUFFER);
    if (!bias || !unit->prepared)
        return;
    for (int o = 0; o < outputs; o++) {
        float factor = unit->gain->data[o] / sqrtf(unit->var->data[o] + NORM.epsilon);
        for (int tap = 0; tap < 9; tap++)
            unit->depthwise->data[9 * o + tap] *= factor;
        bias->data[o] = unit->shift->data[o] - unit->mean->data[o] * factor;
    }
    separable_prepare(unit->pointwise, unit->depthwise, bias, unit->prepared);
}

int64_t separable_multiply_adds(const Separable *unit) {
    return (int64_t)(tensor_count(unit->pointwise) + tensor_count(unit->depthwise));
}
