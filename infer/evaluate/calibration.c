#include "infer/evaluate/calibration.h"

#include "nn/models/image_classifier.h"

#include <float.h>
#include <math.h>

void calibration_apply(Calibration calibration, const float *probabilities, float *calibrated) {
    ImageClassifierInfo info = {.n_classes = EMOTION_COUNT,
                                .temperature = calibration.temperature,
                                .floor = calibration.floor};
    float logits[EMOTION_COUNT];
    for (int i = 0; i < EMOTION_COUNT; i++)
        logits[i] = logf(fmaxf(probabilities[i], FLT_MIN));
    image_classifier_probabilities(&info, logits, calibrated);
}

/* The negative log likelihood of all labels: smaller is better. */
static double cost(Calibration calibration, const float *probabilities, const uint8_t *labels,
                   uint32_t n) {
    double total = 0;
    for (uint32_t i = 0; i < n; i++) {
        float row[EMOTION_COUNT];
        calibration_apply(calibration, probabilities + (size_t)i * EMOTION_COUNT, row);
        total -= (double)logf(fmaxf(row[labels[i]], FLT_MIN));
    }
    return total;
}

static Calibration at(double log_temperature, float floor) {
    return (Calibration){.temperature = (float)exp(log_temperature), .floor = floor};
}

/* The best temperature for this floor, and its cost. The likelihood is convex in 1 / temperature,
 * so it has one valley, in log(temperature) too: golden section search (Kiefer 1953) finds its
 * bottom. */
static Calibration fit_temperature(float floor, const float *probabilities, const uint8_t *labels,
                                   uint32_t n, double *lowest) {
    const double golden = (sqrt(5) - 1) / 2, precise_enough = 1e-5;
    double low = log(0.05), high = log(20);
    double left = high - golden * (high - low), right = low + golden * (high - low);
    double at_left = cost(at(left, floor), probabilities, labels, n);
    double at_right = cost(at(right, floor), probabilities, labels, n);
    while (high - low > precise_enough) {
        if (at_left < at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - golden * (high - low);
            at_left = cost(at(left, floor), probabilities, labels, n);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + golden * (high - low);
            at_right = cost(at(right, floor), probabilities, labels, n);
        }
    }
    *lowest = fmin(at_left, at_right);
    return at((low + high) / 2, floor);
}

Calibration calibration_fit(const float *probabilities, const uint8_t *labels, uint32_t n) {
    enum { FLOORS = 51 };
    Calibration best = CALIBRATION_NONE;
    double lowest = INFINITY;
    for (int i = 0; n && i < FLOORS; i++) {
        double cost_here;
        Calibration here =
            fit_temperature((float)(0.001 * i), probabilities, labels, n, &cost_here);
        if (cost_here < lowest) {
            lowest = cost_here;
            best = here;
        }
    }
    return best;
}
