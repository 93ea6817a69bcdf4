/* loudness.h: how loud sound is and how loud it is made, by EBU R 128 (FFmpeg's ebur128).
 *
 * A gain over the whole and no compression: what is soft within a piece stays soft. Only peaks that
 * the gain would clip are held down (alimiter, at -1.5 dBFS, so that lossy encoders do not clip
 * either). Built without libavfilter, both functions fail and name the package. */
#ifndef DATASETS_MEDIA_LOUDNESS_H
#define DATASETS_MEDIA_LOUDNESS_H

#include "datasets/media/stereo_sound.h"
#include "nn/base/error.h"

#include <stdbool.h>

#define LOUDNESS_QUIETEST (-70.0) /* LUFS: the absolute gate, below which all is silence */

/* Whether this build can do it. */
bool loudness_is_built(void);

/* Sets `*lufs` to the integrated loudness, LOUDNESS_QUIETEST for silence and for less than .4 s. */
int loudness_measure(const StereoSound *sound, double *lufs, Error *error) MUST_CHECK;

/* Makes the sound so loud, to within half a LUFS where its peaks allow it; silence stays. */
int loudness_set(StereoSound *sound, double lufs, Error *error) MUST_CHECK;

#endif
