/* half.h: gradients in half precision on the wire.
 *
 * Every sum in the tree over the shards is rounded to half precision, also where both of its parts
 * lie in one process. What is sent has then been rounded already, and the result is the same bits
 * for any number of processes. */
#ifndef TRAIN_LOOP_HALF_H
#define TRAIN_LOOP_HALF_H

#include <stddef.h>
#include <stdint.h>

/* Values are sums of the examples' gradients; they are kept as multiples of 1 / HALF_SCALE. */
#define HALF_SCALE 16.0f

/* Rounds each value to the nearest that is 1 / HALF_SCALE of a number in half precision
 * (float16.h). Those beyond the largest, ±4094, become NaN, which ends the run, as those that are
 * not finite do: sums over many examples need full precision. */
void half_round(float *values, size_t count);

/* Rounded values to and from 16 bits, without loss. */
void half_pack(const float *values, size_t count, uint16_t *packed);
void half_unpack(const uint16_t *packed, size_t count, float *values);

#endif
