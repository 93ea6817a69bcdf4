/* sampler.h: samples a token from a network's logits.
 *
 * In this order: classifier-free guidance (Ho and Salimans 2022), logits = unconditional + guidance
 * · (conditional − unconditional); masking by the grammar; temperature; nucleus sampling (Holtzman
 * et al. 2020), which keeps the fewest tokens whose total probability reaches top_p. The random
 * number in [0, 1) is an argument, so the same number gives the same token. */
#ifndef COMPOSE_WRITE_SAMPLER_H
#define COMPOSE_WRITE_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct SamplerSettings {
    float temperature; /* 0: greedy */
    float top_p;       /* (0, 1] */
    float guidance;    /* 1: the conditional logits unchanged */
} SamplerSettings;

/* The values for which generated pieces were closest to held-out ones (compose/models/README.md).
 */
#define SAMPLER_DEFAULTS                                                                           \
    { .temperature = 0.9f, .top_p = 0.9f, .guidance = 2.0f }

enum { SAMPLER_MOST_TOKENS = 1024 };

/* Whether the settings need unconditional logits. */
bool sampler_is_guided(const SamplerSettings *settings);

/* Mixes unconditional logits into conditional ones (n), in place; `guidance` as in the settings. */
void sampler_guide(float guidance, float *conditional, const float *unconditional, int n);

/* Draws one of the n ≤ SAMPLER_MOST_TOKENS tokens for which allowed[] is not 0 (at least one), with
 * the random number `chance` in [0, 1). */
int sampler_draw(const SamplerSettings *settings, const float *logits, const uint8_t *allowed,
                 int n, float chance);

#endif
