/* audio_spectrum.h: the magnitude spectrum of sound, frame by frame, by libavutil's FFT. */
#ifndef DATASETS_AUDIO_AUDIO_SPECTRUM_H
#define DATASETS_AUDIO_AUDIO_SPECTRUM_H

#include "datasets/audio/audio.h"

enum {
    SPECTRUM_FRAME = 2048, /* samples */
    SPECTRUM_HOP = 512,
    SPECTRUM_BINS = SPECTRUM_FRAME / 2 + 1,
    MEL_BANDS = 128
};

typedef struct Spectrum Spectrum;

/* For sound of that sample rate. Free with spectrum_destroy (NULL is fine). */
Spectrum *spectrum_create(int rate, Error *error);
void spectrum_destroy(Spectrum *spectrum);

/* Magnitudes (SPECTRUM_BINS) of the frame centred at samples[at] under a Hann window; samples
 * beyond either end count as 0. */
void spectrum_at(Spectrum *spectrum, const float *samples, int count, int at, float *magnitudes);

/* Power in the bands of Slaney's mel scale (MEL_BANDS), each of area 1 (Slaney, "Auditory
 * Toolbox", 1998). */
void spectrum_mel(const Spectrum *spectrum, const float *magnitudes, float *bands);

#endif
