/* model_compare.h: differences between two model files: settings and weights. */
#ifndef INFER_INSPECT_MODEL_COMPARE_H
#define INFER_INSPECT_MODEL_COMPARE_H

#include "nn/base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Prints, for the safetensors files `a` and `b`: the metadata (training settings one by one) whose
 * values differ; for each tensor of one name and shape that both have as floats, |b - a| / |a|, the
 * cosine of the angle between them and the largest difference of an element; the tensors that only
 * one has, whose shapes differ, whose types differ and are not both floats, and those of another
 * type whose bytes differ; and the same figures over all shared tensors together. With
 * `json`, one object: `a`, `b`, `settings` (arrays of two values by key, null where one has none),
 * `tensors` (array of `name`, `relative`, `cosine`, `largest`), `only_a`, `only_b`, `reshaped`,
 * `retyped`, `changed` (arrays of names) and `together`. An undefined cosine or relative
 * difference, of a tensor of zeros, is null or "-", and so is a figure over elements that are not
 * numbers. */
int model_compare(const char *a, const char *b, bool json, FILE *stream, Error *error) MUST_CHECK;

#endif
