/* metrics.h: how good and how honest predicted probabilities of the emotions are. */
#ifndef INFER_EVALUATE_METRICS_H
#define INFER_EVALUATE_METRICS_H

#include "datasets/faces/emotion.h"

#include <stdint.h>

enum { METRICS_BINS = 15 }; /* of confidence, as in Guo et al. 2017 */

/* A share that was counted, and its 95 % interval. */
typedef struct Share {
    double value, low, high;
} Share;

typedef struct ClassMetrics {
    double precision; /* share of right ones among those called so; 0 when none was */
    double recall;    /* share of right ones among those that are so; 0 when none is */
    double f1;        /* harmonic mean of the two; 0 when both are */
    uint32_t support; /* faces that are so */
} ClassMetrics;

/* The faces whose greatest probability falls into one of METRICS_BINS equal parts of 0 … 1. */
typedef struct ReliabilityBin {
    uint32_t count;
    double confidence, accuracy; /* their means; 0 when count is */
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
 * networks", ICML 2017). With n 0 every figure is 0. */
Metrics metrics_measure(const float *probabilities, const uint8_t *labels, uint32_t n);

/* `right` of `n` with Wilson's score interval ("Probable inference, the law of succession, and
 * statistical inference", 1927) at 95 %; 0 … 1 when n is 0. */
Share metrics_share(uint32_t right, uint32_t n);

/* The factor by which the temperature of the network that gave these probabilities has to be
 * multiplied to make their mean negative log likelihood least (temperature scaling, Guo et al.
 * 2017): softmax(log p / factor) is what the network would then say. Within 0.05 … 20; 1 when n is
 * 0. */
double metrics_fit_temperature(const float *probabilities, const uint8_t *labels, uint32_t n);

/* Applies such a factor to one row. */
void metrics_apply_temperature(double factor, const float *probabilities, float *scaled);

#endif
