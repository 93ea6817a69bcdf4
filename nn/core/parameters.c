#include "nn/core/parameters.h"

#include "nn/base/arena.h"
#include "nn/base/checksum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Parameters {
    Arena *arena;
    Parameter **items;
    int count, capacity;
    bool blank, failed;
};

Parameters *parameters_create(void) {
    Parameters *parameters = calloc(1, sizeof *parameters);
    if (!parameters || !(parameters->arena = arena_create())) {
        free(parameters);
        return NULL;
    }
    return parameters;
}

Parameters *parameters_create_blank(void) {
    Parameters *parameters = parameters_create();
    if (parameters)
        parameters->blank = true;
    return parameters;
}

void parameters_destroy(Parameters *parameters) {
    if (!parameters)
        return;
    arena_destroy(parameters->arena);
    free(parameters->items);
    free(parameters);
}

static Parameter *append(Parameters *parameters) {
    if (parameters->count == parameters->capacity) {
        int capacity = parameters->capacity ? parameters->capacity * 2 : 64;
        Parameter **items = realloc(parameters->items, (size_t)capacity * sizeof *items);
        if (!items)
            return NULL;
        parameters->items = items;
        parameters->capacity = capacity;
    }
    Parameter *parameter = arena_calloc(parameters->arena, 1, sizeof *parameter);
    if (parameter)
        parameters->items[parameters->count++] = parameter;
    return parameter;
}

Tensor *parameters_add(Parameters *parameters, const char *prefix, const char *suffix, Shape s,
                       ParameterRole role) {
    if (!parameters)
        return NULL;
    char name[256];
    snprintf(name, sizeof name, "%s%s%s", prefix, prefix[0] ? "." : "", suffix);
    char *kept = arena_strdup(parameters->arena, name);
    int64_t count = shape_count(s);
    float *data = NULL;
    if (!parameters->blank && count >= 0)
        data = arena_calloc(parameters->arena, (size_t)count, sizeof *data);
    bool allocated = data || (parameters->blank && count >= 0);
    Parameter *parameter = kept && allocated ? append(parameters) : NULL;
    if (!parameter) {
        parameters->failed = true;
        return NULL;
    }
    *parameter = (Parameter){.tensor = {.name = kept, .shape = s, .data = data}, .role = role};
    return &parameter->tensor;
}

int parameters_allocate(Parameters *parameters, Tensor *tensor, Error *error) {
    size_t bytes = tensor_count(tensor) * sizeof *tensor->data;
    if (!tensor->data && !(tensor->data = arena_alloc(parameters->arena, bytes)))
        return error_memory(error, tensor->name, bytes);
    return 0;
}

int parameters_check(const Parameters *parameters, Error *error) {
    if (!parameters || parameters->failed)
        return error_set(error, "out of memory: the model's parameters do not fit");
    return 0;
}

int parameters_count(const Parameters *parameters) {
    return parameters->count;
}

Parameter *parameters_at(const Parameters *parameters, int i) {
    return parameters->items[i];
}

Tensor *parameters_find(const Parameters *parameters, const char *name) {
    for (int i = 0; i < parameters->count; i++)
        if (!strcmp(parameters->items[i]->tensor.name, name))
            return &parameters->items[i]->tensor;
    return NULL;
}

const Tensor *parameters_first_not_finite(const Parameters *parameters) {
    for (int i = 0; i < parameters->count; i++) {
        const Tensor *tensor = &parameters->items[i]->tensor;
        if (first_not_finite(tensor->data, tensor_count(tensor)) >= 0)
            return tensor;
    }
    return NULL;
}

int parameters_check_folded(const Parameters *parameters, const Parameters *folded, Error *error) {
    if (parameters_check(folded, error))
        return -1;
    const Tensor *damaged = parameters_first_not_finite(parameters);
    return damaged ? error_set(error, "the network's weights are damaged: '%s' is not finite",
                               damaged->name)
                   : 0;
}

size_t parameters_trained_elements(const Parameters *parameters) {
    size_t elements = 0;
    for (int i = 0; i < parameters->count; i++)
        if (parameters->items[i]->role != PARAMETER_BUFFER)
            elements += tensor_count(&parameters->items[i]->tensor);
    return elements;
}

uint64_t parameters_checksum(const Parameters *parameters) {
    Checksum checksum = {0};
    for (int i = 0; i < parameters->count; i++) {
        const Tensor *tensor = &parameters->items[i]->tensor;
        checksum_add(&checksum, tensor->data, tensor_count(tensor) * sizeof(float));
    }
    return checksum_end(&checksum);
}

int parameters_enable_gradients(Parameters *parameters, Error *error) {
    for (int i = 0; i < parameters->count; i++) {
        Tensor *tensor = &parameters->items[i]->tensor;
        if (parameters->items[i]->role == PARAMETER_BUFFER || tensor->gradient)
            continue;
        tensor->gradient = arena_calloc(parameters->arena, tensor_count(tensor), sizeof(float));
        if (!tensor->gradient)
            return error_memory(error, tensor->name, tensor_count(tensor) * sizeof(float));
        tensor->needs_gradient = true;
    }
    return 0;
}

Parameters *parameters_twin(const Parameters *parameters, const char *prefix) {
    Parameters *twin = parameters_create();
    for (int i = 0; twin && i < parameters->count; i++) {
        const Tensor *tensor = &parameters->items[i]->tensor;
        parameters_add(twin, prefix, tensor->name, tensor->shape, PARAMETER_BUFFER);
    }
    if (twin && twin->failed) {
        parameters_destroy(twin);
        return NULL;
    }
    return twin;
}

void parameters_copy(Parameters *to, const Parameters *from) {
    for (int i = 0; i < from->count; i++)
        memcpy(to->items[i]->tensor.data, from->items[i]->tensor.data,
               tensor_count(&from->items[i]->tensor) * sizeof(float));
}

/* Inputs that each output of a weight (O,I,…) is made of: I times the kernel's area. */
static float fan_in(const Tensor *weight) {
    float inputs = 1;
    for (int i = 1; i < weight->shape.n_dims; i++)
        inputs *= (float)weight->shape.size[i];
    return inputs;
}

/* Elements to initialise: none of a tensor that is missing or blank. */
static size_t elements(const Tensor *tensor) {
    return tensor && tensor->data ? tensor_count(tensor) : 0;
}

void init_constant(Tensor *tensor, float value) {
    size_t count = elements(tensor);
    for (size_t i = 0; i < count; i++)
        tensor->data[i] = value;
}

void init_kaiming_normal(Tensor *weight, Rng rng) {
    if (!weight)
        return;
    float deviation = sqrtf(2 / fan_in(weight));
    size_t count = elements(weight);
    for (size_t i = 0; i < count; i++)
        weight->data[i] = deviation * rng_normal(rng, i);
}

void init_uniform(Tensor *tensor, float low, float high, Rng rng) {
    size_t count = elements(tensor);
    for (size_t i = 0; i < count; i++)
        tensor->data[i] = rng_between(rng, i, low, high);
}

void init_fan_in_uniform(Tensor *weight, Rng rng) {
    if (!weight)
        return;
    float bound = sqrtf(1 / fan_in(weight));
    init_uniform(weight, -bound, bound, rng);
}
