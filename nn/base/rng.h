/* rng.h: random numbers without hidden state.
 *
 * Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC'11): the value is a pure function of (seed, stream, index), so any thread may draw any value
 * in any order, a resumed run draws what an uninterrupted one would have drawn, and only the
 * counters need to be saved. An Rng is a small value: pass and copy it freely. */
#ifndef NN_BASE_RNG_H
#define NN_BASE_RNG_H

#include <stdint.h>

typedef struct Rng {
    uint64_t seed, stream;
} Rng;

/* The root of a run's random numbers. */
Rng rng_seed(uint64_t seed);

/* A separate stream for one purpose (a layer, an epoch, an image): the same (rng, key) gives the
 * same stream, different keys give unrelated ones. */
Rng rng_split(Rng rng, uint64_t key);

/* The four words of block `index` of the stream. */
void rng_block(Rng rng, uint64_t index, uint32_t words[4]);

uint32_t rng_bits(Rng rng, uint64_t index);
/* Uniform in [0, 1), 24 bits. */
float rng_uniform(Rng rng, uint64_t index);
/* Uniform in [low, high). */
float rng_between(Rng rng, uint64_t index, float low, float high);
/* Standard normal (Box and Muller 1958). */
float rng_normal(Rng rng, uint64_t index);
/* Uniform in 0 … count-1, count > 0. */
uint32_t rng_below(Rng rng, uint64_t index, uint32_t count);

/* Fills `order` with a random order of 0 … count-1 (Fisher and Yates). */
void rng_permutation(Rng rng, uint32_t *order, uint32_t count);

#endif
