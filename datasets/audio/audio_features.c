#include "datasets/audio/audio_features.h"

#include "datasets/audio/audio_loudness.h"
#include "datasets/audio/audio_rhythm.h"
#include "datasets/audio/audio_spectrum.h"
#include "datasets/music/song.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ names */

static const char *const names[] = {
    [AUDIO_RMS] = "rms",
    [AUDIO_CENTROID] = "centroid",
    [AUDIO_ROLLOFF] = "rolloff",
    [AUDIO_FLATNESS] = "flatness",
    [AUDIO_FLUX] = "flux",
    [AUDIO_ZERO_CROSSINGS] = "zero_crossings",
    [AUDIO_LOUDNESS] = "loudness",
    [AUDIO_LOUDNESS_SPREAD] = "loudness_spread",
    [AUDIO_KEY_STRENGTH] = "key_strength",
    [AUDIO_MODE] = "mode",
    [AUDIO_ONSET_RATE] = "onset_rate",
    [AUDIO_TEMPO] = "tempo",
    [AUDIO_TEMPO_STRENGTH] = "tempo_strength",
    [AUDIO_TEMPO_DOUBT] = "tempo_doubt",
};

const char *audio_feature_name(int feature, char name[AUDIO_FEATURE_NAME]) {
    if (feature < AUDIO_MFCC_MEAN)
        snprintf(name, AUDIO_FEATURE_NAME, "%s", names[feature]);
    else if (feature < AUDIO_MFCC_DEVIATION)
        snprintf(name, AUDIO_FEATURE_NAME, "mfcc_%d", feature - AUDIO_MFCC_MEAN);
    else if (feature < AUDIO_CHROMA)
        snprintf(name, AUDIO_FEATURE_NAME, "mfcc_%d_deviation", feature - AUDIO_MFCC_DEVIATION);
    else
        snprintf(name, AUDIO_FEATURE_NAME, "chroma_%d", feature - AUDIO_CHROMA);
    return name;
}

int audio_feature_by_name(const char *name) {
    char candidate[AUDIO_FEATURE_NAME];
    for (int feature = 0; feature < AUDIO_FEATURES; feature++)
        if (!strcmp(audio_feature_name(feature, candidate), name))
            return feature;
    return -1;
}

/* ------------------------------------------------------------------ frames */

/* What is gathered over the frames. */
typedef struct Frames {
    int count, room;
    int segments[AUDIO_SEGMENTS]; /* first frame of each */
    float *mel;                   /* (count, MEL_BANDS) power, later decibels */
    float *rises;                 /* (count) */
    double rms, centroid, rolloff, level, level_squares;
    double chroma[12];
} Frames;

static int frames_of(int samples) {
    return 1 + samples / SPECTRUM_HOP;
}

static double frame_rms(const float *samples, int count, int at) {
    int first = at - SPECTRUM_FRAME / 2, end = first + SPECTRUM_FRAME;
    double squares = 0;
    for (int i = first > 0 ? first : 0; i < end && i < count; i++)
        squares += (double)samples[i] * (double)samples[i];
    return sqrt(squares / SPECTRUM_FRAME);
}

/* Energy of the peaks of the spectrum from 65 to 2100 Hz, by pitch class. */
static void add_chroma(const float *magnitudes, double hertz_a_bin, double chroma[12]) {
    double total = 0, here[12] = {0};
    for (int bin = (int)(65 / hertz_a_bin); bin < (int)(2100 / hertz_a_bin); bin++) {
        if (magnitudes[bin] <= magnitudes[bin - 1] || magnitudes[bin] < magnitudes[bin + 1])
            continue;
        double low = (double)magnitudes[bin - 1], at = (double)magnitudes[bin],
               high = (double)magnitudes[bin + 1];
        double bend = low - 2 * at + high;
        double exact = bin + (bend < 0 ? 0.5 * (low - high) / bend : 0);
        int pitch = (int)lround(69 + 12 * log2(exact * hertz_a_bin / 440));
        here[(pitch % 12 + 12) % 12] += at;
        total += at;
    }
    for (int i = 0; i < 12 && total > 0; i++)
        chroma[i] += here[i] / total;
}

static void add_frame(Frames *frames, Spectrum *spectrum, const float *samples, int count, int at,
                      int rate) {
    float magnitudes[SPECTRUM_BINS];
    spectrum_at(spectrum, samples, count, at, magnitudes);
    double hertz = (double)rate / SPECTRUM_FRAME, sum = 0, moment = 0;
    for (int bin = 0; bin < SPECTRUM_BINS; bin++) {
        sum += (double)magnitudes[bin];
        moment += (double)magnitudes[bin] * bin;
    }
    double below = 0;
    int bin = 0;
    while (bin < SPECTRUM_BINS - 1 && (below += (double)magnitudes[bin]) < 0.85 * sum)
        bin++;
    double rms = frame_rms(samples, count, at), level = 20 * log10(fmax(rms, 1e-4));
    frames->rms += rms;
    frames->centroid += sum > 0 ? hertz * moment / sum : 0;
    frames->rolloff += sum > 0 ? hertz * bin : 0;
    frames->level += level;
    frames->level_squares += level * level;
    add_chroma(magnitudes, hertz, frames->chroma);
    spectrum_mel(spectrum, magnitudes, frames->mel + (size_t)frames->count * MEL_BANDS);
    frames->count++;
}

/* The mean over the frames of the geometric by the arithmetic mean of the bands' power. `mel` is in
 * decibels. */
static double flatness(const Frames *frames) {
    double sum = 0;
    for (int t = 0; t < frames->count; t++) {
        const float *bands = frames->mel + (size_t)t * MEL_BANDS;
        double level = 0, power = 0;
        for (int band = 0; band < MEL_BANDS; band++) {
            level += (double)bands[band];
            power += (double)exp10f(bands[band] / 10);
        }
        sum += exp10(level / MEL_BANDS / 10) / (power / MEL_BANDS);
    }
    return sum / frames->count;
}

/* To decibels, no more than 80 below the loudest. */
static void to_decibels(Frames *frames) {
    size_t values = (size_t)frames->count * MEL_BANDS;
    float most = -100;
    for (size_t i = 0; i < values; i++) {
        frames->mel[i] = 10 * log10f(fmaxf(frames->mel[i], 1e-10f));
        most = fmaxf(most, frames->mel[i]);
    }
    for (size_t i = 0; i < values; i++)
        frames->mel[i] = fmaxf(frames->mel[i], most - 80);
}

static void measure_rises(Frames *frames) {
    int segment = 0;
    for (int t = 0; t < frames->count; t++) {
        bool first = segment < AUDIO_SEGMENTS && frames->segments[segment] == t;
        segment += first;
        float sum = 0;
        const float *here = frames->mel + (size_t)t * MEL_BANDS;
        for (int band = 0; band < MEL_BANDS && !first; band++)
            sum += fmaxf(here[band] - here[band - MEL_BANDS], 0);
        frames->rises[t] = sum / MEL_BANDS;
    }
}

/* ------------------------------------------------------------------ features */

static void put_mfcc(const Frames *frames, float *features) {
    double basis[AUDIO_MFCC][MEL_BANDS];
    for (int k = 0; k < AUDIO_MFCC; k++)
        for (int band = 0; band < MEL_BANDS; band++)
            basis[k][band] =
                sqrt((k ? 2.0 : 1.0) / MEL_BANDS) * cos(M_PI * k * (band + 0.5) / MEL_BANDS);
    for (int k = 0; k < AUDIO_MFCC; k++) {
        double sum = 0, squares = 0;
        for (int t = 0; t < frames->count; t++) {
            const float *bands = frames->mel + (size_t)t * MEL_BANDS;
            double value = 0;
            for (int band = 0; band < MEL_BANDS; band++)
                value += basis[k][band] * (double)bands[band];
            sum += value;
            squares += value * value;
        }
        double mean = sum / frames->count;
        features[AUDIO_MFCC_MEAN + k] = (float)mean;
        features[AUDIO_MFCC_DEVIATION + k] =
            (float)sqrt(fmax(squares / frames->count - mean * mean, 0));
    }
}

static void put_key(const Frames *frames, float *features, int *tonic) {
    double fits[2][12], best[2] = {-2, -2}, total = 0;
    song_key_fits(frames->chroma, fits);
    *tonic = 0;
    for (int minor = 0; minor < 2; minor++)
        for (int i = 0; i < 12; i++)
            if (fits[minor][i] > best[minor]) {
                best[minor] = fits[minor][i];
                if (best[minor] >= best[!minor])
                    *tonic = i;
            }
    for (int i = 0; i < 12; i++)
        total += frames->chroma[i];
    features[AUDIO_KEY_STRENGTH] = (float)fmax(best[0], best[1]);
    features[AUDIO_MODE] = (float)(best[0] - best[1]);
    for (int i = 0; i < 12; i++)
        features[AUDIO_CHROMA + i] =
            total > 0 ? (float)(frames->chroma[(*tonic + i) % 12] / total) : 0;
}

static int put_features(const Audio *audio, Frames *frames, float *features, int *tonic,
                        Error *error) {
    double n = frames->count, loudness, flux = 0;
    int crossings = 0;
    for (int i = 1; i < audio->count; i++)
        crossings += (audio->samples[i] >= 0) != (audio->samples[i - 1] >= 0);
    if (audio_loudness(audio->samples, audio->count, audio->rate, &loudness, error))
        return -1;
    if (loudness <= LOUDNESS_SILENCE)
        return error_set(error, "silence has no features");
    to_decibels(frames);
    measure_rises(frames);
    for (int t = 0; t < frames->count; t++)
        flux += (double)frames->rises[t];
    AudioRhythm rhythm =
        audio_rhythm(frames->rises, frames->count, (double)audio->rate / SPECTRUM_HOP,
                     frames->segments, audio->n_segments);
    double level = frames->level / n;
    features[AUDIO_RMS] = (float)(frames->rms / n);
    features[AUDIO_CENTROID] = (float)(frames->centroid / n);
    features[AUDIO_ROLLOFF] = (float)(frames->rolloff / n);
    features[AUDIO_FLATNESS] = (float)flatness(frames);
    features[AUDIO_FLUX] = (float)(flux / n);
    features[AUDIO_ZERO_CROSSINGS] = (float)((double)crossings / audio->count);
    features[AUDIO_LOUDNESS] = (float)loudness;
    features[AUDIO_LOUDNESS_SPREAD] =
        (float)sqrt(fmax(frames->level_squares / n - level * level, 0));
    features[AUDIO_ONSET_RATE] = (float)rhythm.onset_rate;
    features[AUDIO_TEMPO] = (float)rhythm.tempo;
    features[AUDIO_TEMPO_STRENGTH] = (float)rhythm.strength;
    features[AUDIO_TEMPO_DOUBT] = (float)rhythm.doubt;
    put_mfcc(frames, features);
    put_key(frames, features, tonic);
    return 0;
}

static int look_at_all(const Audio *audio, Frames *frames, Spectrum *spectrum, Error *error) {
    frames->room = audio->n_segments + frames_of(audio->count);
    frames->mel = malloc((size_t)frames->room * MEL_BANDS * sizeof *frames->mel);
    frames->rises = malloc((size_t)frames->room * sizeof *frames->rises);
    if (!frames->mel || !frames->rises)
        return error_memory(error, "features of sound", (size_t)frames->room * MEL_BANDS);
    for (int s = 0; s < audio->n_segments; s++) {
        int first = audio->segments[s];
        int end = s + 1 < audio->n_segments ? audio->segments[s + 1] : audio->count;
        frames->segments[s] = frames->count;
        for (int i = 0; i < frames_of(end - first); i++)
            add_frame(frames, spectrum, audio->samples + first, end - first, i * SPECTRUM_HOP,
                      audio->rate);
    }
    return 0;
}

int audio_features(const Audio *audio, float *features, int *tonic, Error *error) {
    if (audio->rate != AUDIO_RATE || audio->count < AUDIO_RATE)
        return error_set(error, "%d samples at %d a second, expected %d or more at %d",
                         audio->count, audio->rate, AUDIO_RATE, AUDIO_RATE);
    Frames frames = {0};
    Spectrum *spectrum = spectrum_create(audio->rate, error);
    int status = spectrum ? look_at_all(audio, &frames, spectrum, error) : -1;
    if (!status)
        status = put_features(audio, &frames, features, tonic, error);
    for (int i = 0; i < AUDIO_FEATURES && !status; i++)
        if (!isfinite(features[i]))
            status = error_set(error, "the sound has samples that are not finite");
    free(frames.mel);
    free(frames.rises);
    spectrum_destroy(spectrum);
    return status;
}
