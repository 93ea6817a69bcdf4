#include "datasets/audio/audio_loudness.h"

#include <math.h>
#include <stdlib.h>

/* A second-order filter and its state (direct form I). */
typedef struct Biquad {
    double b[3], a[3], x[2], y[2];
} Biquad;

static double step(Biquad *filter, double x) {
    double y = filter->b[0] * x + filter->b[1] * filter->x[0] + filter->b[2] * filter->x[1] -
               filter->a[1] * filter->y[0] - filter->a[2] * filter->y[1];
    filter->x[1] = filter->x[0];
    filter->x[0] = x;
    filter->y[1] = filter->y[0];
    filter->y[0] = y;
    return y;
}

/* The two filters of BS.1770 for any rate: their analogue parameters (which give the standard's
 * coefficients at 48 kHz) through the bilinear transform. */
static Biquad shelf(double rate) {
    const double frequency = 1681.974450955533, gain = 3.999843853973347, q = 0.7071752369554196;
    double k = tan(M_PI * frequency / rate), high = pow(10, gain / 20);
    double band = pow(high, 0.4996667741545416), scale = 1 + k / q + k * k;
    return (Biquad){.b = {(high + band * k / q + k * k) / scale, 2 * (k * k - high) / scale,
                          (high - band * k / q + k * k) / scale},
                    .a = {1, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale}};
}

static Biquad high_pass(double rate) {
    const double frequency = 38.13547087602444, q = 0.5003270373238773;
    double k = tan(M_PI * frequency / rate), scale = 1 + k / q + k * k;
    return (Biquad){.b = {1, -2, 1},
                    .a = {1, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale}};
}

static double lufs(double power) {
    return -0.691 + 10 * log10(power);
}

/* Mean power of the blocks above the gate, 0 where there is none. */
static double mean_above(const double *blocks, int count, double gate) {
    double sum = 0;
    int above = 0;
    for (int i = 0; i < count; i++)
        if (blocks[i] > 0 && lufs(blocks[i]) > gate) {
            sum += blocks[i];
            above++;
        }
    return above ? sum / above : 0;
}

int audio_loudness(const float *samples, int count, int rate, double *loudness, Error *error) {
    int hop = rate / 10, parts = count / hop, n = parts > 3 ? parts - 3 : 0;
    *loudness = LOUDNESS_SILENCE;
    if (!n)
        return 0;
    double *power = calloc((size_t)parts, sizeof *power);
    if (!power)
        return error_memory(error, "loudness", (size_t)parts * sizeof *power);
    Biquad first = shelf(rate), second = high_pass(rate);
    for (int i = 0; i < parts * hop; i++) {
        double y = step(&second, step(&first, (double)samples[i]));
        power[i / hop] += 2 * y * y / hop; /* from both loudspeakers */
    }
    for (int i = 0; i < n; i++) /* blocks of 400 ms */
        power[i] = (power[i] + power[i + 1] + power[i + 2] + power[i + 3]) / 4;
    double mean = mean_above(power, n, LOUDNESS_SILENCE);
    if (mean > 0)
        mean = mean_above(power, n, lufs(mean) - 10);
    if (mean > 0)
        *loudness = fmax(lufs(mean), LOUDNESS_SILENCE);
    free(power);
    return 0;
}
