/* model_show.h: the contents of a model file or a checkpoint. */
#ifndef INFER_INSPECT_MODEL_SHOW_H
#define INFER_INSPECT_MODEL_SHOW_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Prints what a safetensors file holds (infer/inspect/model_network.h), its metadata, and each
 * tensor's type, shape and statistics. With `json`, one object: `file`, `bytes`, `network` (null,
 * or an object), `metadata` (strings by key) and `tensors` (array of `name`, `dtype`, `shape`, and
 * of floats `mean`, `deviation`, `minimum`, `maximum` of the finite elements and `not_finite`, the
 * number of others). */
int model_show(const char *path, bool json, FILE *stream, Error *error) MUST_CHECK;

#endif
