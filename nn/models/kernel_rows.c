#include "nn/models/kernel_rows.h"

#include <math.h>
#include <stddef.h>

static const float most_deviations = 3;

void kernel_rows_measure(const float *x, int n, int columns, float *mean, float *deviation) {
    for (int f = 0; f < columns; f++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < n; i++)
            sum += (double)x[(size_t)i * (size_t)columns + (size_t)f];
        for (int i = 0; i < n; i++) {
            double off = (double)x[(size_t)i * (size_t)columns + (size_t)f] - sum / n;
            squares += off * off;
        }
        mean[f] = (float)(sum / n);
        deviation[f] = (float)fmax(sqrt(squares / n), 1e-6);
    }
}

void kernel_rows_fill(const KernelRows *known, const float *x) {
    kernel_rows_measure(x, known->n, known->inputs, known->mean, known->deviation);
    for (size_t i = 0; i < (size_t)known->n; i++)
        kernel_rows_standardise(known, x + i * (size_t)known->inputs,
                                known->rows + i * (size_t)known->inputs);
}

void kernel_rows_standardise(const KernelRows *known, const float *x, float *z) {
    for (int f = 0; f < known->inputs; f++) {
        float value = (x[f] - known->mean[f]) / known->deviation[f];
        z[f] = fminf(fmaxf(value, -most_deviations), most_deviations);
    }
}

const float *kernel_rows_at(const KernelRows *known, int i) {
    return known->rows + (size_t)i * (size_t)known->inputs;
}

float kernel_rows_likeness(const KernelRows *known, int i, const float *z) {
    const float *row = kernel_rows_at(known, i);
    float squares = 0;
    for (int f = 0; f < known->inputs; f++)
        squares += (z[f] - row[f]) * (z[f] - row[f]);
    return expf(-known->sharpness / (float)known->inputs * squares);
}
