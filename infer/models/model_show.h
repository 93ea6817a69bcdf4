/* model_show.h: the contents of a model file or a checkpoint. */
#ifndef INFER_MODELS_MODEL_SHOW_H
#define INFER_MODELS_MODEL_SHOW_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Prints a safetensors file's network (kind, classes, input, parameters and multiply-adds, for
 * known kinds), its metadata, and each tensor's type, shape and statistics. With `json`, one
 * object: `file`, `bytes`, `network` (null, or an object of `arch`, `parameters`, `multiply_adds`,
 * and of an image classifier `summary`, `classes`, `size`, `mean`, `std`, `temperature`, `floor`,
 * of an LSTM `vocabulary`, `conditions`, `embedding`, `hidden`, `layers`), `metadata` (strings by
 * key) and `tensors` (array of `name`, `dtype`, `shape`, and for F32 `mean`, `deviation`,
 * `minimum`, `maximum` of the finite elements and `not_finite`, the number of others). */
int model_show(const char *path, bool json, FILE *stream, Error *error) MUST_CHECK;

#endif
