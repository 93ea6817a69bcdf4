/* metrics.h: accuracy and calibration of predicted emotion probabilities. */
#ifndef INFER_EVALUATE_METRICS_H
#define INFER_EVALUATE_METRICS_H

#include "datasets/faces/emotion.h"

#include <stdint.h>

enum { METRICS_BINS = 15 }; /* of confidence, as in Guo et al. 2017 */

/* A proportion and its 95 % confidence interval. */
typedef struct Share {
    double value, low, high;
} Share;

typedef struct ClassMetrics {
    double precision; /* correct share of the faces predicted as the class; 0 when there are none */
    double recall;    /* correct share of the faces of the class; 0 when there are none */
    double f1;        /* harmonic mean of the two; 0 when both are 0 */
    uint32_t support; /* faces of the class */
} ClassMetrics;

/* The faces whose greatest probability falls into one of METRICS_BINS equal parts of 0 … 1. */
typedef struct ReliabilityBin {
    uint32_t count;
    double confidence, accuracy; /* their means; 0 when count is 0 */
} ReliabilityBin;

typedef struct Metrics {
    uint32_t n;
    Share accuracy;
    double macro_f1; /* mean of the classes that occur, in truth or in prediction */
    double ece;      /* expected calibration error */
    double nll;      /* mean of -log p(truth), in nats */
    ClassMetrics classes[EMOTION_COUNT];
    uint32_t confusion[EMOTION_COUNT][EMOTION_COUNT]; /* [truth][prediction] */
    ReliabilityBin bins[METRICS_BINS];
} Metrics;

/* Measures n rows of probabilities (n, EMOTION_COUNT) against their labels (n). The prediction is
 * the most probable emotion. Expected calibration error: the mean over the bins, weighted by count,
 * of |accuracy - confidence| (Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural
 * networks", ICML 2017). With n 0 everything is 0. */
Metrics metrics_measure(const float *probabilities, const uint8_t *labels, uint32_t n);

/* The proportion `right` / `n` with Wilson's score interval ("Probable inference, the law of
 * succession, and statistical inference", 1927) at 95 %; 0 … 1 when n is 0. */
Share metrics_share(uint32_t right, uint32_t n);

#endif
