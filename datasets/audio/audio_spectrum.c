#include "datasets/audio/audio_spectrum.h"

#ifdef HAVE_LIBAVUTIL

#    include <libavutil/mem.h>
#    include <libavutil/tx.h>
#    include <math.h>
#    include <stdlib.h>
#    include <string.h>

struct Spectrum {
    AVTXContext *transform;
    av_tx_fn run;
    float window[SPECTRUM_FRAME];
    float *in;                             /* (SPECTRUM_FRAME) aligned */
    AVComplexFloat *out;                   /* (SPECTRUM_BINS) */
    int first[MEL_BANDS], last[MEL_BANDS]; /* bins of each band */
    float weights[MEL_BANDS][SPECTRUM_BINS];
};

/* Slaney's scale: linear up to 1000 Hz, then 27 steps for a factor of 6.4. */
static double mel_of(double hz) {
    return hz < 1000 ? hz * 3 / 200 : 15 + log(hz / 1000) * 27 / log(6.4);
}

static double hz_of(double mel) {
    return mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27);
}

static void lay_out_bands(Spectrum *spectrum, int rate) {
    double top = mel_of(rate / 2.0);
    for (int band = 0; band < MEL_BANDS; band++) {
        double low = hz_of(top * band / (MEL_BANDS + 1)),
               middle = hz_of(top * (band + 1) / (MEL_BANDS + 1)),
               high = hz_of(top * (band + 2) / (MEL_BANDS + 1));
        spectrum->first[band] = SPECTRUM_BINS;
        for (int bin = 0; bin < SPECTRUM_BINS; bin++) {
            double hz = (double)bin * rate / SPECTRUM_FRAME;
            double weight = fmin((hz - low) / (middle - low), (high - hz) / (high - middle));
            if (weight <= 0)
                continue;
            spectrum->weights[band][bin] = (float)(weight * 2 / (high - low));
            if (spectrum->first[band] == SPECTRUM_BINS)
                spectrum->first[band] = bin;
            spectrum->last[band] = bin;
        }
    }
}

Spectrum *spectrum_create(int rate, Error *error) {
    Spectrum *spectrum = calloc(1, sizeof *spectrum);
    const float scale = 1;
    if (spectrum) {
        spectrum->in = av_malloc(SPECTRUM_FRAME * sizeof *spectrum->in);
        spectrum->out = av_malloc(SPECTRUM_BINS * sizeof *spectrum->out);
    }
    if (!spectrum || !spectrum->in || !spectrum->out ||
        av_tx_init(&spectrum->transform, &spectrum->run, AV_TX_FLOAT_RDFT, 0, SPECTRUM_FRAME,
                   &scale, 0) < 0) {
        error_memory(error, "a spectrum", sizeof *spectrum);
        spectrum_destroy(spectrum);
        return NULL;
    }
    for (int i = 0; i < SPECTRUM_FRAME; i++)
        spectrum->window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI * i / SPECTRUM_FRAME));
    lay_out_bands(spectrum, rate);
    return spectrum;
}

void spectrum_destroy(Spectrum *spectrum) {
    if (!spectrum)
        return;
    av_tx_uninit(&spectrum->transform);
    av_free(spectrum->in);
    av_free(spectrum->out);
    free(spectrum);
}

void spectrum_at(Spectrum *spectrum, const float *samples, int count, int at, float *magnitudes) {
    int start = at - SPECTRUM_FRAME / 2;
    for (int i = 0; i < SPECTRUM_FRAME; i++) {
        int from = start + i;
        spectrum->in[i] = from >= 0 && from < count ? samples[from] * spectrum->window[i] : 0;
    }
    spectrum->run(spectrum->transform, spectrum->out, spectrum->in, sizeof(float));
    spectrum->out[0].im = spectrum->out[SPECTRUM_BINS - 1].im = 0; /* the transform leaves them */
    for (int bin = 0; bin < SPECTRUM_BINS; bin++)
        magnitudes[bin] = sqrtf(spectrum->out[bin].re * spectrum->out[bin].re +
                                spectrum->out[bin].im * spectrum->out[bin].im);
}

void spectrum_mel(const Spectrum *spectrum, const float *magnitudes, float *bands) {
    for (int band = 0; band < MEL_BANDS; band++) {
        const float *weights = spectrum->weights[band];
        float sum = 0;
        for (int bin = spectrum->first[band]; bin <= spectrum->last[band]; bin++)
            sum += weights[bin] * magnitudes[bin] * magnitudes[bin];
        bands[band] = sum;
    }
}

#else

Spectrum *spectrum_create(int rate, Error *error) {
    (void)rate;
    error_set(error, "this build cannot analyse audio; install libavutil-dev and build again");
    return NULL;
}

void spectrum_destroy(Spectrum *spectrum) {
    (void)spectrum;
}

void spectrum_at(Spectrum *spectrum, const float *samples, int count, int at, float *magnitudes) {
    (void)spectrum, (void)samples, (void)count, (void)at, (void)magnitudes;
}

void spectrum_mel(const Spectrum *spectrum, const float *magnitudes, float *bands) {
    (void)spectrum, (void)magnitudes, (void)bands;
}

#endif
