/* optimizer.h: optimizers, and moving averages of parameters. */
#ifndef NN_CORE_OPTIMIZER_H
#define NN_CORE_OPTIMIZER_H

#include "nn/core/parameters.h"

/* LARS and LAMB are SGD and AdamW whose step is scaled for each weight tensor by its norm, for
 * batches of thousands (You, Gitman and Ginsburg 2017, "Large batch training of convolutional
 * networks"; You et al. 2020, "Large batch optimization for deep learning"). */
typedef enum OptimizerKind {
    OPTIMIZER_SGD,
    OPTIMIZER_ADAM,
    OPTIMIZER_ADAMW,
    OPTIMIZER_LARS,
    OPTIMIZER_LAMB
} OptimizerKind;

/* "sgd", "adam", "adamw", "lars", "lamb", NULL; in the order of OptimizerKind. */
extern const char *const optimizer_names[];

typedef struct OptimizerSettings {
    OptimizerKind kind;
    float momentum; /* SGD, LARS: Nesterov's (Sutskever et al. 2013, as in PyTorch); 0 for none */
    float beta1, beta2; /* Adam (Kingma and Ba 2015), LAMB */
    float epsilon;      /* Adam, LAMB */
    float weight_decay; /* on PARAMETER_WEIGHT only; added to the gradient, or decoupled for AdamW
                           (Loshchilov and Hutter 2019) and LAMB */
} OptimizerSettings;

typedef struct Optimizer Optimizer;

/* Works on the trained tensors of `parameters`, which must outlive it and have gradients
 * enabled. */
Optimizer *optimizer_create(Parameters *parameters, OptimizerSettings settings, Error *error);
void optimizer_destroy(Optimizer *optimizer);

/* One step with the parameters' gradients, which it consumes: parameters that no backward pass has
 * reached since the last step are unchanged. */
void optimizer_step(Optimizer *optimizer, float learning_rate);

/* The state to save for resuming: moments under "optimizer.…"; the caller counts the steps. */
Parameters *optimizer_state(const Optimizer *optimizer);
void optimizer_set_steps(Optimizer *optimizer, int64_t steps);

/* The norm of all gradients as one vector; summed in a fixed order. */
double gradients_norm(const Parameters *parameters);
/* Scales all gradients to the norm `limit` if theirs is larger (Pascanu, Mikolov and Bengio
 * 2013). */
void gradients_clip(Parameters *parameters, double norm, float limit);
/* The first trained tensor whose gradient is not finite, or NULL. */
const Tensor *gradients_first_not_finite(const Parameters *parameters);

/* ---- exponential moving average of parameters (Polyak and Juditsky 1992; Tarvainen and Valpola
 * 2017) */

typedef struct Average Average;

/* Starts as a copy. `decay` is the share of the old average kept at each update, lower at first:
 * min(decay, (1 + updates) / (10 + updates)), so that the initial values are forgotten. */
Average *average_create(const Parameters *parameters, float decay, Error *error);
void average_destroy(Average *average);
void average_update(Average *average);
/* Swaps the model's values and the averaged ones; call it again to swap back. */
void average_swap(Average *average);
Parameters *average_state(const Average *average);
void average_set_updates(Average *average, int64_t updates);

#endif
