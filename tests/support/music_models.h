/* music_models.h: small music models for tests. */
#ifndef TESTS_SUPPORT_MUSIC_MODELS_H
#define TESTS_SUPPORT_MUSIC_MODELS_H

#include "infer/music/music_model.h"

#include <stdint.h>

/* An untrained model of the genres unknown, pop and folk, written to the scratch directory
 * (tests/support/scratch.h) and loaded from there. Its path is scratch_path("music.safetensors").
 */
MusicModel *music_model_untrained(uint64_t seed);

#endif
