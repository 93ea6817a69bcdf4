#include "nn/core/optimizer.h"

#include <math.h>
#include <stdlib.h>

const char *const optimizer_names[] = {"sgd", "adam", "adamw", "lars", "lamb", NULL};

struct Optimizer {
    Parameters *parameters;
    OptimizerSettings settings;
    Parameters *state; /* moments of every trained tensor: the first ones, then (Adam) the second */
    int64_t steps;
};

/* State collections hold the trained tensors only; this walks both in step. */
typedef struct Walk {
    const Parameters *parameters;
    int i, trained;
} Walk;

static Parameter *next_trained(Walk *walk) {
    while (walk->i < parameters_count(walk->parameters)) {
        Parameter *parameter = parameters_at(walk->parameters, walk->i++);
        if (parameter->role != PARAMETER_BUFFER) {
            walk->trained++;
            return parameter;
        }
    }
    return NULL;
}

static const char *const MOMENT_NAMES[] = {"optimizer.first", "optimizer.second"};

static int moments_of(OptimizerKind kind) {
    return kind == OPTIMIZER_SGD || kind == OPTIMIZER_LARS ? 1 : 2;
}

Optimizer *optimizer_create(Parameters *parameters, OptimizerSettings settings, Error *error) {
    Optimizer *optimizer = calloc(1, sizeof *optimizer);
    if (optimizer) {
        *optimizer = (Optimizer){.parameters = parameters, .settings = settings};
        optimizer->state = parameters_create();
    }
    if (!optimizer || !optimizer->state) {
        optimizer_destroy(optimizer);
        error_memory(error, "the optimizer", 0);
        return NULL;
    }
    for (int m = 0; m < moments_of(settings.kind); m++) {
        Walk walk = {.parameters = parameters};
        for (Parameter *p; (p = next_trained(&walk));)
            parameters_add(optimizer->state, MOMENT_NAMES[m], p->tensor.name, p->tensor.shape,
                           PARAMETER_BUFFER);
    }
    if (parameters_check(optimizer->state, error)) {
        optimizer_destroy(optimizer);
        return NULL;
    }
    return optimizer;
}

void optimizer_destroy(Optimizer *optimizer) {
    if (!optimizer)
        return;
    parameters_destroy(optimizer->state);
    free(optimizer);
}

/* g += decay w; v = momentum v + g; w -= rate (g + momentum v). */
static void sgd(const OptimizerSettings *s, float decay, float rate, size_t count, float *w,
                const float *gradient, float *velocity) {
#pragma omp parallel for simd
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i] + decay * w[i];
        velocity[i] = s->momentum * velocity[i] + g;
        w[i] -= rate * (s->momentum > 0 ? g + s->momentum * velocity[i] : g);
    }
}

/* m and v are the moments; correct1 and correct2 undo their start at zero. */
static void adam(const OptimizerSettings *s, float decay, float rate, float correct1,
                 float correct2, size_t count, float *w, const float *gradient, float *m,
                 float *v) {
    bool decoupled = s->kind == OPTIMIZER_ADAMW;
#pragma omp parallel for simd
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i] + (decoupled ? 0 : decay * w[i]);
        m[i] = s->beta1 * m[i] + (1 - s->beta1) * g;
        v[i] = s->beta2 * v[i] + (1 - s->beta2) * g * g;
        float step = m[i] * correct1 / (sqrtf(v[i] * correct2) + s->epsilon);
        w[i] -= rate * (step + (decoupled ? decay * w[i] : 0));
    }
}

/* The sum of squares of one tensor: by chunks, in parallel, the chunks added in order. */
static double sum_of_squares(const float *values, size_t count) {
    enum { CHUNK = 16384, CHUNKS = 64 };
    double sum = 0;
    for (size_t start = 0; start < count; start += (size_t)CHUNK * CHUNKS) {
        double partial[CHUNKS] = {0};
#pragma omp parallel for if (count > CHUNK)
        for (int c = 0; c < CHUNKS; c++) {
            size_t from = start + (size_t)c * CHUNK,
                   to = from + CHUNK < count ? from + CHUNK : count;
            for (size_t i = from; i < to; i++)
                partial[c] += (double)values[i] * values[i];
        }
        for (int c = 0; c < CHUNKS; c++)
            sum += partial[c];
    }
    return sum;
}

/* Puts factor (g + decay w) in the place of the gradient, factor = trust |w| / (|g| + decay |w|): a
 * step's length is a fixed share of the weights'. Weights or gradients of zeros keep factor 1. */
static void trust_weights(float decay, size_t count, const float *w, float *gradient) {
    const double trust = 0.001; /* the paper's */
    double weights = sqrt(sum_of_squares(w, count)), slope = sqrt(sum_of_squares(gradient, count));
    float factor =
        weights > 0 && slope > 0 ? (float)(trust * weights / (slope + decay * weights)) : 1;
#pragma omp parallel for simd
    for (size_t i = 0; i < count; i++)
        gradient[i] = factor * (gradient[i] + decay * w[i]);
}

/* Adam's step with decoupled decay takes the gradient's place; for weights it is scaled to their
 * norm. */
static void lamb(const OptimizerSettings *s, bool scaled, float decay, float rate, float correct1,
                 float correct2, size_t count, float *w, float *gradient, float *m, float *v) {
#pragma omp parallel for simd
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i];
        m[i] = s->beta1 * m[i] + (1 - s->beta1) * g;
        v[i] = s->beta2 * v[i] + (1 - s->beta2) * g * g;
        gradient[i] = m[i] * correct1 / (sqrtf(v[i] * correct2) + s->epsilon) + decay * w[i];
    }
    double weights = sqrt(sum_of_squares(w, count)), step = sqrt(sum_of_squares(gradient, count));
    float factor = scaled && weights > 0 && step > 0 ? (float)(weights / step) : 1;
#pragma omp parallel for simd
    for (size_t i = 0; i < count; i++)
        w[i] -= rate * factor * gradient[i];
}

void optimizer_step(Optimizer *optimizer, float learning_rate) {
    const OptimizerSettings *s = &optimizer->settings;
    optimizer->steps++;
    float correct1 = (float)(1 / (1 - pow(s->beta1, (double)optimizer->steps)));
    float correct2 = (float)(1 / (1 - pow(s->beta2, (double)optimizer->steps)));
    Walk walk = {.parameters = optimizer->parameters};
    int trained = parameters_count(optimizer->state) / moments_of(s->kind);
    for (Parameter *p; (p = next_trained(&walk));) {
        Tensor *tensor = &p->tensor;
        if (!tensor->gradient_is_set)
            continue;
        bool is_weight = p->role == PARAMETER_WEIGHT;
        float decay = is_weight ? s->weight_decay : 0;
        if (s->kind == OPTIMIZER_LARS && is_weight) {
            trust_weights(decay, tensor_count(tensor), tensor->data, tensor->gradient);
            decay = 0;
        }
        float *first = parameters_at(optimizer->state, walk.trained - 1)->tensor.data;
        if (moments_of(s->kind) == 1) {
            sgd(s, decay, learning_rate, tensor_count(tensor), tensor->data, tensor->gradient,
                first);
        } else {
            float *second =
                parameters_at(optimizer->state, trained + walk.trained - 1)->tensor.data;
            if (s->kind == OPTIMIZER_LAMB)
                lamb(s, is_weight, decay, learning_rate, correct1, correct2, tensor_count(tensor),
                     tensor->data, tensor->gradient, first, second);
            else
                adam(s, decay, learning_rate, correct1, correct2, tensor_count(tensor),
                     tensor->data, tensor->gradient, first, second);
        }
        tensor->gradient_is_set = false;
    }
}

Parameters *optimizer_state(const Optimizer *optimizer) {
    return optimizer->state;
}

void optimizer_set_steps(Optimizer *optimizer, int64_t steps) {
    optimizer->steps = steps;
}

/* ------------------------------------------------------------------ gradients */

double gradients_norm(const Parameters *parameters) {
    double sum = 0;
    Walk walk = {.parameters = parameters};
    for (Parameter *p; (p = next_trained(&walk));)
        if (p->tensor.gradient_is_set)
            sum += sum_of_squares(p->tensor.gradient, tensor_count(&p->tensor));
    return sqrt(sum);
}

void gradients_clip(Parameters *parameters, double norm, float limit) {
    if (!(norm > limit))
        return;
    float factor = (float)(limit / norm);
    Walk walk = {.parameters = parameters};
    for (Parameter *p; (p = next_trained(&walk));) {
        size_t count = p->tensor.gradient_is_set ? tensor_count(&p->tensor) : 0;
        for (size_t i = 0; i < count; i++)
            p->tensor.gradient[i] *= factor;
    }
}

const Tensor *gradients_first_not_finite(const Parameters *parameters) {
    Walk walk = {.parameters = parameters};
    for (Parameter *p; (p = next_trained(&walk));)
        if (p->tensor.gradient_is_set &&
            first_not_finite(p->tensor.gradient, tensor_count(&p->tensor)) >= 0)
            return &p->tensor;
    return NULL;
}

/* ------------------------------------------------------------------ averages */

struct Average {
    const Parameters *parameters;
    Parameters *state;
    float decay;
    int64_t updates;
};

Average *average_create(const Parameters *parameters, float decay, Error *error) {
    Average *average = calloc(1, sizeof *average);
    Parameters *state = parameters_twin(parameters, "average");
    if (!average || !state) {
        free(average);
        parameters_destroy(state);
        error_memory(error, "the average of the weights", 0);
        return NULL;
    }
    *average = (Average){.parameters = parameters, .state = state, .decay = decay};
    parameters_copy(state, parameters);
    return average;
}

void average_destroy(Average *average) {
    if (!average)
        return;
    parameters_destroy(average->state);
    free(average);
}

void average_update(Average *average) {
    double ramp = (1.0 + (double)average->updates) / (10.0 + (double)average->updates);
    float keep = ramp < average->decay ? (float)ramp : average->decay;
    average->updates++;
    for (int i = 0; i < parameters_count(average->state); i++) {
        const float *now = parameters_at(average->parameters, i)->tensor.data;
        Tensor *mean = &parameters_at(average->state, i)->tensor;
        size_t count = tensor_count(mean);
#pragma omp parallel for simd
        for (size_t j = 0; j < count; j++)
            mean->data[j] = keep * mean->data[j] + (1 - keep) * now[j];
    }
}

void average_swap(Average *average) {
    for (int i = 0; i < parameters_count(average->state); i++) {
        float *model = parameters_at(average->parameters, i)->tensor.data;
        Tensor *mean = &parameters_at(average->state, i)->tensor;
        size_t count = tensor_count(mean);
        for (size_t j = 0; j < count; j++) {
            float value = model[j];
            model[j] = mean->data[j];
            mean->data[j] = value;
        }
    }
}

Parameters *average_state(const Average *average) {
    return average->state;
}

void average_set_updates(Average *average, int64_t updates) {
    average->updates = updates;
}
