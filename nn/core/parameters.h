/* parameters.h: the named tensors of a model, and their initialisation.
 *
 * A Parameters owns its tensors. Layers (layers.h) add theirs under PyTorch's names; optimizers,
 * averages, safetensors files and checkpoints then iterate over the collection without knowing the
 * model. Errors are sticky, as on a tape: parameters_check reports whether every add succeeded. */
#ifndef NN_CORE_PARAMETERS_H
#define NN_CORE_PARAMETERS_H

#include "nn/base/error.h"
#include "nn/base/rng.h"
#include "nn/core/tensor.h"

typedef enum ParameterRole {
    PARAMETER_WEIGHT, /* trained, weight decay applies */
    PARAMETER_BIAS,   /* trained, no weight decay: biases, gains of norms */
    PARAMETER_BUFFER, /* not trained: running statistics, optimizer state */
} ParameterRole;

typedef struct Parameter {
    Tensor tensor;
    ParameterRole role;
} Parameter;

typedef struct Parameters Parameters;

/* Returns an empty collection (free with parameters_destroy) or NULL when out of memory. */
Parameters *parameters_create(void);
/* The same for values that will come from a file: tensors have no data (and init_* do nothing)
 * until parameters_allocate, so that a file that declares a huge network but contains none costs
 * nothing. */
Parameters *parameters_create_blank(void);
void parameters_destroy(Parameters *parameters);

/* Adds a tensor of zeros under the name prefix.suffix (just suffix when prefix is ""). Returns it,
 * or NULL when out of memory or `parameters` is NULL. */
Tensor *parameters_add(Parameters *parameters, const char *prefix, const char *suffix, Shape s,
                       ParameterRole role);

/* Gives a tensor of a blank collection its memory, uninitialised, where it has none yet. */
int parameters_allocate(Parameters *parameters, Tensor *tensor, Error *error) MUST_CHECK;

/* 0, or -1 when an add has failed. */
int parameters_check(const Parameters *parameters, Error *error) MUST_CHECK;

int parameters_count(const Parameters *parameters);
Parameter *parameters_at(const Parameters *parameters, int i);
/* The tensor of that name, or NULL. */
Tensor *parameters_find(const Parameters *parameters, const char *name);

/* The first tensor with a value that is not finite, or NULL. */
const Tensor *parameters_first_not_finite(const Parameters *parameters);

/* After norms were folded into `folded`: fails when memory ran out, or when a weight of the network
 * itself is not finite, naming it. */
int parameters_check_folded(const Parameters *parameters, const Parameters *folded,
                            Error *error) MUST_CHECK;

/* Elements of all trained tensors: the "parameters" of a model card. */
size_t parameters_trained_elements(const Parameters *parameters);

/* Of all values (nn/base/checksum.h), in their order. */
uint64_t parameters_checksum(const Parameters *parameters);

/* Allocates a gradient for every trained tensor, for recording tapes to fill. */
int parameters_enable_gradients(Parameters *parameters, Error *error) MUST_CHECK;

/* An empty twin: the same tensors in order, zeros, as buffers under prefix.name. NULL when out of
 * memory. */
Parameters *parameters_twin(const Parameters *parameters, const char *prefix);

/* Copies every value of `from` into `to`, tensor by tensor in order; shapes must agree (twins
 * do). */
void parameters_copy(Parameters *to, const Parameters *from);

/* ---- initialisation ---- */

void init_constant(Tensor *tensor, float value);
/* Normal with variance 2 / fan_in, for layers before a ReLU (He et al. 2015); weights (O,I,…). */
void init_kaiming_normal(Tensor *weight, Rng rng);
/* Uniform in ±sqrt(1 / fan_in); weights (O,I,…): small initial weights for a head on normalised
 * features. */
void init_fan_in_uniform(Tensor *weight, Rng rng);
void init_uniform(Tensor *tensor, float low, float high, Rng rng);

#endif
