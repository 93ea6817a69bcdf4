/* sampler.h: from a network's logits to a token.
 *
 * In this order: classifier-free guidance (Ho and Salimans 2022), logits = unconditional + guidance
 * · (conditional − unconditional); what the grammar forbids is left out; temperature; the nucleus
 * (Holtzman et al. 2020), the fewest tokens whose probabilities together reach top_p. Chance comes
 * in as a number in [0, 1), so that the same number gives the same token. */
#ifndef COMPOSE_WRITE_SAMPLER_H
#define COMPOSE_WRITE_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct SamplerSettings {
    float temperature; /* 0: always the likeliest */
    float top_p;       /* (0, 1] */
    float guidance;    /* 1: as the conditional logits are */
} SamplerSettings;

/* Values that generated pieces were closest to held-out ones with (compose/models/README.md). */
#define SAMPLER_DEFAULTS                                                                           \
    { .temperature = 0.9f, .top_p = 0.9f, .guidance = 2.0f }

enum { SAMPLER_MOST_TOKENS = 1024 };

/* Whether the settings use the unconditional logits at all. */
bool sampler_is_guided(const SamplerSettings *settings);

/* Mixes unconditional logits into conditional ones (n), in place; `guidance` as in the settings. */
void sampler_guide(float guidance, float *conditional, const float *unconditional, int n);

/* Draws one of the n ≤ SAMPLER_MOST_TOKENS tokens for which allowed[] is not 0 (at least one), by
 * chance in [0, 1). */
int sampler_draw(const SamplerSettings *settings, const float *logits, const uint8_t *allowed,
                 int n, float chance);

#endif
