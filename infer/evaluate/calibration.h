/* calibration.h: fits what makes a face network's probabilities mean how often it is right. */
#ifndef INFER_EVALUATE_CALIBRATION_H
#define INFER_EVALUATE_CALIBRATION_H

#include "datasets/faces/emotion.h"

#include <stdint.h>

/* As in image_classifier_probabilities. */
typedef struct Calibration {
    float temperature, floor;
} Calibration;

#define CALIBRATION_NONE                                                                           \
    { .temperature = 1, .floor = 0 }

/* The calibration that makes the labels (n) most likely, given the network's probabilities
 * (n, EMOTION_COUNT) without any: the floor within 0 … 0.05 in steps of 0.001, and the temperature
 * within 0.05 … 20. None when n is 0. */
Calibration calibration_fit(const float *probabilities, const uint8_t *labels, uint32_t n);

/* Applies it to one row of such probabilities; the two may be the same array. */
void calibration_apply(Calibration calibration, const float *probabilities, float *calibrated);

#endif
