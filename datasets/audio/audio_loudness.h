/* audio_loudness.h: perceived loudness by EBU R 128 (ITU-R BS.1770-4): K-weighted, gated. */
#ifndef DATASETS_AUDIO_AUDIO_LOUDNESS_H
#define DATASETS_AUDIO_AUDIO_LOUDNESS_H

#include "nn/base/error.h"

#define LOUDNESS_SILENCE (-70.0) /* LUFS: the absolute gate */

/* Sets `*loudness` to the integrated loudness, LUFS, of mono sound played from both loudspeakers;
 * LOUDNESS_SILENCE where nothing is above the gate. */
int audio_loudness(const float *samples, int count, int rate, double *loudness,
                   Error *error) MUST_CHECK;

#endif
