/* sharpness.h: sharpness-aware minimisation (Foret, Kleiner, Mobahi and Neyshabur 2021,
 * "Sharpness-aware minimization for efficiently improving generalization").
 *
 * A step is taken with the gradient at w + radius g / |g| instead of the gradient g at w: the
 * highest point nearby, to first order. Flat minima, where that makes no difference, are preferred.
 * It costs a second forward and backward pass:
 *
 *     forward and backward at w
 *     sharpness_climb(sharpness, gradients_norm(parameters));
 *     forward and backward of the same batch, in TAPE_TRAIN_AGAIN
 *     sharpness_return(sharpness);
 *     optimizer_step(…);
 *
 * All trained tensors count as one vector, and weight decay is left to the optimizer. */
#ifndef NN_CORE_SHARPNESS_H
#define NN_CORE_SHARPNESS_H

#include "nn/core/parameters.h"

typedef struct Sharpness Sharpness;

/* `parameters` must outlive it and have gradients enabled. NULL after an error. */
Sharpness *sharpness_create(Parameters *parameters, float radius, Error *error);
void sharpness_destroy(Sharpness *sharpness);

/* Moves the trained tensors that backward has reached by radius g / norm. `norm` is that of all
 * gradients g; at 0 they are unchanged. */
void sharpness_climb(Sharpness *sharpness, double norm);

/* Restores the parameters from before sharpness_climb, bit for bit. */
void sharpness_return(Sharpness *sharpness);

#endif
