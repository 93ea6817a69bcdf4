/* float16.h: IEEE 754 binary16, the type F16 of model files: 1 sign bit, 5 of exponent, 10 of
 * fraction. Values of up to 65504 keep 11 significant bits from 2^-14 on, fewer down to 2^-24. */
#ifndef NN_BASE_FLOAT16_H
#define NN_BASE_FLOAT16_H

#include <stdint.h>

/* The nearest value, ties to even; values too large become infinity, NaN stays NaN. */
uint16_t float16_from_float(float value);

/* Exact. */
float float16_to_float(uint16_t half);

#endif
