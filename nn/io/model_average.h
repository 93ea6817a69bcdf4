/* model_average.h: one model from the mean of several models' weights.
 *
 * A "model soup" (Wortsman et al. 2022): nearly as accurate as the ensemble, at the cost of one
 * model, as long as all were trained from common initial weights. */
#ifndef NN_IO_MODEL_AVERAGE_H
#define NN_IO_MODEL_AVERAGE_H

#include "nn/base/error.h"

/* Writes the mean of `n` model files as a model file in full precision. Every tensor is averaged,
 * running statistics of batch norms too. Fails unless all contain the same network: the same
 * tensors, all finite, and the same metadata except for entries on training and regularisation. Of
 * these the result has the first model's dropout, temperature 1 and floor 0 (where it has them),
 * and `averaged`, a JSON list of the sources: `file`, and as far as known `training.seed`,
 * `training.epoch` and `validation.score`. */
int model_average(char *const *paths, int n, const char *out, Error *error) MUST_CHECK;

#endif
