#include "nn/base/rng.h"

#include <math.h>

enum { ROUNDS = 10 };

static void philox(uint32_t counter[4], uint32_t key0, uint32_t key1) {
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * counter[0];
        uint64_t b = (uint64_t)0xCD9E8D57u * counter[2];
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ counter[1] ^ key0, (uint32_t)b,
                            (uint32_t)(a >> 32) ^ counter[3] ^ key1, (uint32_t)a};
        for (int i = 0; i < 4; i++)
            counter[i] = next[i];
        key0 += 0x9E3779B9u; /* golden ratio and sqrt(3) - 1, as in the paper */
        key1 += 0xBB67AE85u;
    }
}

Rng rng_seed(uint64_t seed) {
    return (Rng){.seed = seed, .stream = 0};
}

void rng_block(Rng rng, uint64_t index, uint32_t words[4]) {
    words[0] = (uint32_t)index;
    words[1] = (uint32_t)(index >> 32);
    words[2] = (uint32_t)rng.stream;
    words[3] = (uint32_t)(rng.stream >> 32);
    philox(words, (uint32_t)rng.seed, (uint32_t)(rng.seed >> 32));
}

/* A split draws its new stream from a seed that no ordinary draw uses. */
Rng rng_split(Rng rng, uint64_t key) {
    uint32_t words[4];
    rng_block((Rng){.seed = ~rng.seed, .stream = rng.stream}, key, words);
    return (Rng){.seed = rng.seed, .stream = (uint64_t)words[1] << 32 | words[0]};
}

uint32_t rng_bits(Rng rng, uint64_t index) {
    uint32_t words[4];
    rng_block(rng, index / 4, words);
    return words[index % 4];
}

float rng_uniform(Rng rng, uint64_t index) {
    return (float)(rng_bits(rng, index) >> 8) * 0x1p-24f;
}

float rng_between(Rng rng, uint64_t index, float low, float high) {
    return low + (high - low) * rng_uniform(rng, index);
}

float rng_normal(Rng rng, uint64_t index) {
    uint32_t words[4];
    rng_block(rng, index, words);
    double radius = sqrt(-2.0 * log((words[0] + 0.5) * 0x1p-32));
    return (float)(radius * cos(2.0 * M_PI * (words[1] * 0x1p-32)));
}

/* Multiply and shift; the bias is below count / 2^32. */
uint32_t rng_below(Rng rng, uint64_t index, uint32_t count) {
    return (uint32_t)((uint64_t)rng_bits(rng, index) * count >> 32);
}

void rng_permutation(Rng rng, uint32_t *order, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t j = rng_below(rng, i, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}
