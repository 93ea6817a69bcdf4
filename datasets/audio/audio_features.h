/* audio_features.h: recorded music as a fixed number of features, from which its mood can be
 * estimated (infer/music/mood_model.h).
 *
 * Frames of 2048 samples every 512 of mono sound at 22,050 Hz, as in librosa (Hann window, frames
 * centred, ends zero-padded), so that tables made with librosa can be used for training: rms,
 * centroid, rolloff (85 %) and mfcc (128 Slaney bands, decibels, orthonormal cosines) are its means
 * over the frames. The FFT is libavutil's. */
#ifndef DATASETS_AUDIO_AUDIO_FEATURES_H
#define DATASETS_AUDIO_AUDIO_FEATURES_H

#include "datasets/audio/audio.h"

enum { AUDIO_RATE = 22050, AUDIO_MFCC = 13 };

/* How songs are sampled: three excerpts are nearly as informative as the whole. */
#define AUDIO_EXCERPTS                                                                             \
    { .rate = AUDIO_RATE, .excerpts = 3, .excerpt_seconds = 15, .longest_seconds = 600 }

typedef enum AudioFeature {
    AUDIO_RMS,             /* root mean square */
    AUDIO_CENTROID,        /* mean frequency, Hz */
    AUDIO_ROLLOFF,         /* frequency below which 85 % of the magnitude lies, Hz */
    AUDIO_FLATNESS,        /* ratio of geometric to arithmetic mean of the bands' power, 0 … 1 */
    AUDIO_FLUX,            /* mean rise from frame to frame, decibels per band */
    AUDIO_ZERO_CROSSINGS,  /* share of samples */
    AUDIO_LOUDNESS,        /* EBU R 128, LUFS */
    AUDIO_LOUDNESS_SPREAD, /* standard deviation of the frames' level, decibels */
    AUDIO_KEY_STRENGTH,    /* correlation with the best key's profile */
    AUDIO_MODE,            /* how much better a major key fits than a minor one */
    AUDIO_ONSET_RATE,
    /* per second */ AUDIO_TEMPO, /* beats per minute, in the octave likelier around 120 */
    AUDIO_TEMPO_STRENGTH,         /* autocorrelation of the onsets there, 0 … 1 */
    AUDIO_TEMPO_DOUBT, /* the same at half or twice the tempo, relative to that at the tempo */
    AUDIO_MFCC_MEAN,
    AUDIO_MFCC_DEVIATION = AUDIO_MFCC_MEAN + AUDIO_MFCC,
    AUDIO_CHROMA = AUDIO_MFCC_DEVIATION + AUDIO_MFCC, /* shares of the degrees above the tonic */
    AUDIO_FEATURES = AUDIO_CHROMA + 12
} AudioFeature;

/* Fills features[AUDIO_FEATURES], and `*tonic` with the key's pitch class; `audio` has the rate
 * AUDIO_RATE. Fails on less than a second, on silence, and in a build without FFmpeg. */
int audio_features(const Audio *audio, float *features, int *tonic, Error *error) MUST_CHECK;

/* "rms", "mfcc_0", "mfcc_0_deviation", "chroma_7" …, in the caller's buffer. */
enum { AUDIO_FEATURE_NAME = 32 };
const char *audio_feature_name(int feature, char name[AUDIO_FEATURE_NAME]);

/* The feature of that name, or -1. */
int audio_feature_by_name(const char *name);

#endif
