#include "infer/evaluate/metrics.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

static const double Z = 1.959963984540054; /* the normal distribution's 97.5 % point */

Share metrics_share(uint32_t right, uint32_t n) {
    if (!n)
        return (Share){.low = 0, .high = 1};
    double share = (double)right / n, z2 = Z * Z / n;
    double middle = (share + z2 / 2) / (1 + z2);
    double half = Z / (1 + z2) * sqrt(share * (1 - share) / n + z2 / (4.0 * n));
    return (Share){share, fmax(0, middle - half), fmin(1, middle + half)};
}

/* -log p, finite also where the probability has vanished in fp32. */
static double surprise(double probability) {
    return -log(fmax(probability, FLT_MIN));
}

static double ratio(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

static void score_classes(Metrics *metrics) {
    int occurring = 0;
    for (int c = 0; c < EMOTION_COUNT; c++) {
        uint32_t truly = 0, called = 0, right = metrics->confusion[c][c];
        for (int other = 0; other < EMOTION_COUNT; other++) {
            truly += metrics->confusion[c][other];
            called += metrics->confusion[other][c];
        }
        metrics->classes[c] = (ClassMetrics){
            .precision = ratio(right, called),
            .recall = ratio(right, truly),
            .f1 = ratio(2.0 * right, (double)truly + called),
            .support = truly,
        };
        metrics->macro_f1 += metrics->classes[c].f1;
        occurring += truly || called;
    }
    metrics->macro_f1 = ratio(metrics->macro_f1, occurring);
}

static void finish_bins(Metrics *metrics) {
    for (int b = 0; b < METRICS_BINS; b++) {
        ReliabilityBin *bin = &metrics->bins[b];
        bin->confidence = ratio(bin->confidence, bin->count);
        bin->accuracy = ratio(bin->accuracy, bin->count);
        metrics->ece += ratio(bin->count, metrics->n) * fabs(bin->accuracy - bin->confidence);
    }
}

Metrics metrics_measure(const float *probabilities, const uint8_t *labels, uint32_t n) {
    Metrics metrics = {.n = n};
    uint32_t right = 0;
    for (uint32_t i = 0; i < n; i++) {
        const float *row = probabilities + (size_t)i * EMOTION_COUNT;
        int truth = labels[i], called = emotion_most_probable(row);
        int b = (int)(row[called] * METRICS_BINS);
        ReliabilityBin *bin = &metrics.bins[b < METRICS_BINS ? b : METRICS_BINS - 1];
        bin->count++;
        bin->confidence += row[called];
        bin->accuracy += called == truth;
        metrics.confusion[truth][called]++;
        metrics.nll += surprise(row[truth]);
        right += called == truth;
    }
    metrics.nll = ratio(metrics.nll, n);
    metrics.accuracy = metrics_share(right, n);
    score_classes(&metrics);
    finish_bins(&metrics);
    return metrics;
}
