/* probe.h: shared by the tests of single operators: random data, a loss that passes a known
 * gradient to the operator before it, and the distance to an fp64 reference. */
#ifndef TESTS_SUPPORT_PROBE_H
#define TESTS_SUPPORT_PROBE_H

#include "nn/core/tape.h"
#include "nn/kernels/isa.h"

/* Normal random numbers; free with free(). The program ends when out of memory. */
float *probe_random(uint64_t key, size_t count);

/* Σ y · dy, so that backward starts with exactly `dy` (as many elements as y; not copied). */
Tensor *probe_loss(Tape *tape, Tensor *y, const float *dy);

/* |found - expected| / |expected| in Euclidean norm. */
double probe_distance(const float *found, const double *expected, size_t count);

/* Rounds all elements to half precision. */
void probe_round_to_half(Tensor *tensor);

/* Makes this (forked) test run on one instruction set; false when the machine lacks it or another
 * was already used in this process. */
bool probe_use_isa(Isa isa);

#endif
