#include "infer/evaluate/stacking.h"

#include <math.h>
#include <string.h>

/* A source that says never is taken at this little. */
#define LEAST 1e-6f

enum { STEPS = 2000 };

/* Steps smaller than this change no probability that anyone prints. */
#define FLAT 1e-7

static double log_of(float p) {
    return log((double)(p > LEAST ? p : LEAST));
}

static void probabilities_of(const Stacking *stacking, const float *const *sources,
                             double p[EMOTION_COUNT]) {
    double most = -INFINITY, sum = 0;
    for (int c = 0; c < EMOTION_COUNT; c++) {
        p[c] = stacking->bias[c];
        for (int s = 0; s < stacking->sources; s++)
            p[c] += stacking->weight[s][c] * log_of(sources[s][c]);
        most = fmax(most, p[c]);
    }
    for (int c = 0; c < EMOTION_COUNT; c++)
        sum += p[c] = exp(p[c] - most);
    for (int c = 0; c < EMOTION_COUNT; c++)
        p[c] /= sum;
}

/* The slope of the objective at `at`. */
static Stacking slope_at(const Stacking *at, const float *const *probabilities,
                         const uint8_t *labels, uint32_t n, double penalty) {
    Stacking slope = {.sources = at->sources};
    for (uint32_t i = 0; i < n; i++) {
        const float *row[STACKING_SOURCES] = {NULL};
        double p[EMOTION_COUNT];
        for (int s = 0; s < at->sources; s++)
            row[s] = probabilities[s] + (size_t)i * EMOTION_COUNT;
        probabilities_of(at, row, p);
        for (int c = 0; c < EMOTION_COUNT; c++) {
            double off = (p[c] - (labels[i] == c)) / n;
            slope.bias[c] += off;
            for (int s = 0; s < at->sources; s++)
                slope.weight[s][c] += off * log_of(row[s][c]);
        }
    }
    for (int c = 0; c < EMOTION_COUNT; c++) {
        slope.bias[c] += penalty * at->bias[c];
        for (int s = 0; s < at->sources; s++)
            slope.weight[s][c] += penalty * (at->weight[s][c] - (s == 0));
    }
    return slope;
}

/* Adam's steps (Kingma and Ba 2015), ever shorter: the scales of the sources differ widely. */
static double step(double *value, double slope, double *mean, double *square, int t) {
    *mean = 0.9 * *mean + 0.1 * slope;
    *square = 0.99 * *square + 0.01 * slope * slope;
    double m = *mean / (1 - pow(0.9, t)), v = *square / (1 - pow(0.99, t));
    double change = 0.05 / (1 + 0.02 * t) * m / (sqrt(v) + 1e-10);
    *value -= change;
    return fabs(change);
}

Stacking stacking_fit(const float *const *probabilities, int sources, const uint8_t *labels,
                      uint32_t n, double penalty) {
    Stacking at = {.sources = sources}, mean = {0}, square = {0};
    for (int c = 0; c < EMOTION_COUNT; c++)
        at.weight[0][c] = 1;
    double largest = 1;
    for (int t = 1; n && t <= STEPS && largest > FLAT; t++) {
        Stacking slope = slope_at(&at, probabilities, labels, n, penalty);
        largest = 0;
        for (int c = 0; c < EMOTION_COUNT; c++) {
            largest =
                fmax(largest, step(&at.bias[c], slope.bias[c], &mean.bias[c], &square.bias[c], t));
            for (int s = 0; s < sources; s++)
                largest = fmax(largest, step(&at.weight[s][c], slope.weight[s][c],
                                             &mean.weight[s][c], &square.weight[s][c], t));
        }
    }
    return at;
}

void stacking_apply(const Stacking *stacking, const float *const *sources, float *probabilities) {
    double p[EMOTION_COUNT];
    probabilities_of(stacking, sources, p);
    for (int c = 0; c < EMOTION_COUNT; c++)
        probabilities[c] = (float)p[c];
}
