#include "nn/core/sharpness.h"

#include <stdlib.h>

struct Sharpness {
    Parameters *parameters;
    Parameters *kept; /* a copy from before the climb */
    float radius;
};

Sharpness *sharpness_create(Parameters *parameters, float radius, Error *error) {
    Sharpness *sharpness = calloc(1, sizeof *sharpness);
    Parameters *kept = parameters_twin(parameters, "kept");
    if (!sharpness || !kept) {
        free(sharpness);
        parameters_destroy(kept);
        error_memory(error, "a copy of the weights", 0);
        return NULL;
    }
    *sharpness = (Sharpness){.parameters = parameters, .kept = kept, .radius = radius};
    return sharpness;
}

void sharpness_destroy(Sharpness *sharpness) {
    if (!sharpness)
        return;
    parameters_destroy(sharpness->kept);
    free(sharpness);
}

void sharpness_climb(Sharpness *sharpness, double norm) {
    parameters_copy(sharpness->kept, sharpness->parameters);
    if (!(norm > 0))
        return;
    float step = (float)(sharpness->radius / norm);
    for (int i = 0; i < parameters_count(sharpness->parameters); i++) {
        const Parameter *parameter = parameters_at(sharpness->parameters, i);
        if (parameter->role == PARAMETER_BUFFER || !parameter->tensor.gradient_is_set)
            continue;
        float *w = parameter->tensor.data;
        const float *gradient = parameter->tensor.gradient;
        size_t count = tensor_count(&parameter->tensor);
#pragma omp parallel for simd
        for (size_t j = 0; j < count; j++)
            w[j] += step * gradient[j];
    }
}

void sharpness_return(Sharpness *sharpness) {
    parameters_copy(sharpness->parameters, sharpness->kept);
}
