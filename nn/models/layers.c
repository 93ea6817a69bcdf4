#include "nn/models/layers.h"

#include "nn/base/fnv1a.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const BatchNorm NORM = {.epsilon = 1e-5f, .momentum = 0.1f};

/* Depends on the name: a layer's initial weights do not change when another layer is added. */
Rng layer_rng(Rng rng, const char *name) {
    return rng_split(rng, fnv1a(FNV1A_START, name, strlen(name)));
}

Linear linear_create(Parameters *parameters, const char *name, int inputs, int outputs, Rng rng) {
    Linear layer = {
        .weight =
            parameters_add(parameters, name, "weight", shape(outputs, inputs), PARAMETER_WEIGHT),
        .bias = parameters_add(parameters, name, "bias", shape(outputs), PARAMETER_BIAS),
    };
    init_fan_in_uniform(layer.weight, layer_rng(rng, name));
    return layer;
}

Tensor *linear_forward(const Linear *layer, Tape *tape, Tensor *x) {
    return op_linear(tape, x, layer->weight, layer->bias);
}

ConvNorm conv_norm_create(Parameters *parameters, const char *conv_name, const char *norm_name,
                          int inputs, int outputs, int kernel, bool relu, Rng rng) {
    Shape channels = shape(outputs);
    ConvNorm layer = {
        .weight = parameters_add(parameters, conv_name, "weight",
                                 shape(outputs, inputs, kernel, kernel), PARAMETER_WEIGHT),
        .gain = parameters_add(parameters, norm_name, "weight", channels, PARAMETER_BIAS),
        .shift = parameters_add(parameters, norm_name, "bias", channels, PARAMETER_BIAS),
        .mean = parameters_add(parameters, norm_name, "running_mean", channels, PARAMETER_BUFFER),
        .var = parameters_add(parameters, norm_name, "running_var", channels, PARAMETER_BUFFER),
        .relu = relu,
    };
    init_kaiming_normal(layer.weight, layer_rng(rng, conv_name));
    init_constant(layer.gain, 1);
    init_constant(layer.var, 1);
    return layer;
}

static Conv2d conv_settings(const ConvNorm *layer) {
    return (Conv2d){.padding = layer->weight ? layer->weight->shape.size[2] / 2 : 0,
                    .relu = layer->bias && layer->relu};
}

/* The batch norm of y, which is forgotten, and the pool behind it: in one pass but for maps of an
 * odd size, whose last row or column no window takes in. */
static Tensor *norm(const ConvNorm *layer, Tape *tape, Tensor *y, bool max_pool) {
    BatchNorm settings = NORM;
    settings.relu = layer->relu;
    settings.max_pool = max_pool && y && y->shape.size[1] % 2 == 0 && y->shape.size[2] % 2 == 0;
    Tensor *z =
        op_batch_norm(tape, y, layer->gain, layer->shift, layer->mean, layer->var, settings);
    tape_forget(tape, y);
    if (settings.max_pool == max_pool)
        return z;
    Tensor *pooled = op_max_pool(tape, z, (Pool){.size = 2});
    tape_forget(tape, z);
    return pooled;
}

static Tensor *conv_norm(const ConvNorm *layer, Tape *tape, Tensor *x, bool max_pool) {
    if (layer->bias && !tape_is_recording(tape))
        return op_conv2d_prepared(tape, x, layer->weight, layer->bias, layer->prepared,
                                  conv_settings(layer), max_pool);
    Tensor *y = op_conv2d(tape, x, layer->weight, layer->bias, conv_settings(layer));
    if (!layer->bias)
        return norm(layer, tape, y, max_pool);
    return max_pool ? op_max_pool(tape, y, (Pool){.size = 2}) : y;
}

Tensor *conv_norm_forward(const ConvNorm *layer, Tape *tape, Tensor *x) {
    return conv_norm(layer, tape, x, false);
}

Tensor *conv_norm_pool_forward(const ConvNorm *layer, Tape *tape, Tensor *x) {
    return conv_norm(layer, tape, x, true);
}

static void prepare(ConvNorm *layer, int size, Parameters *folded) {
    Conv2d settings = conv_settings(layer);
    Shape s = conv2d_prepared_shape(layer->weight->shape, settings, size, size);
    if (shape_count(s) == 0)
        return;
    layer->prepared = parameters_add(folded, layer->weight->name, "prepared", s, PARAMETER_BUFFER);
    if (layer->prepared)
        conv2d_prepare(layer->weight, settings, size, size, layer->prepared);
}

void conv_norm_fold(ConvNorm *layer, int size, Parameters *folded) {
    int outputs = layer->weight->shape.size[0];
    size_t fan = tensor_count(layer->weight) / (size_t)outputs;
    layer->bias = parameters_add(folded, layer->weight->name, "folded_bias", shape(outputs),
                                 PARAMETER_BUFFER);
    if (!layer->bias)
        return;
    for (int o = 0; o < outputs; o++) {
        float factor = layer->gain->data[o] / sqrtf(layer->var->data[o] + NORM.epsilon);
        for (size_t i = 0; i < fan; i++)
            layer->weight->data[(size_t)o * fan + i] *= factor;
        layer->bias->data[o] = layer->shift->data[o] - layer->mean->data[o] * factor;
    }
    prepare(layer, size, folded);
}

SqueezeExcite squeeze_excite_create(Parameters *parameters, const char *name, int channels,
                                    int reduction, Rng rng) {
    char squeeze[128], excite[128];
    snprintf(squeeze, sizeof squeeze, "%s.squeeze", name);
    snprintf(excite, sizeof excite, "%s.excite", name);
    return (SqueezeExcite){
        .squeeze = linear_create(parameters, squeeze, channels, channels / reduction, rng),
        .excite = linear_create(parameters, excite, channels / reduction, channels, rng),
    };
}

Tensor *squeeze_excite_gates(const SqueezeExcite *layer, Tape *tape, Tensor *x) {
    Tensor *hidden =
        op_relu(tape, linear_forward(&layer->squeeze, tape, op_global_average_pool(tape, x)));
    return op_sigmoid(tape, linear_forward(&layer->excite, tape, hidden));
}
