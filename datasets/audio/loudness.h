/* loudness.h: measures and sets loudness by EBU R 128 (FFmpeg's ebur128).
 *
 * One gain for the whole, without compression, so that soft passages stay soft. Only peaks that the
 * gain would clip are limited (alimiter, at -1.5 dBFS, so that lossy encoders do not clip either).
 * Built without libavfilter, both functions fail and name the package. */
#ifndef DATASETS_AUDIO_LOUDNESS_H
#define DATASETS_AUDIO_LOUDNESS_H

#include "datasets/audio/stereo_sound.h"
#include "nn/base/error.h"

#include <stdbool.h>

#define LOUDNESS_QUIETEST (-70.0) /* LUFS: the absolute gate; anything below is silence */

/* Whether this build supports it. */
bool loudness_is_built(void);

/* Sets `*lufs` to the integrated loudness, LOUDNESS_QUIETEST for silence and for less than .4 s. */
int loudness_measure(const StereoSound *sound, double *lufs, Error *error) MUST_CHECK;

/* Sets the loudness to `lufs`, within half a LUFS where the peaks allow it; silence is unchanged.
 */
int loudness_set(StereoSound *sound, double lufs, Error *error) MUST_CHECK;

#endif
