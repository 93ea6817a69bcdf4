/* kernel_rows.h: the training rows of a kernel method and the similarity of two rows, shared by
 * kernel_regression.h and kernel_classifier.h.
 *
 * Inputs are standardised and clipped at three standard deviations. The similarity of two rows is
 * exp(-sharpness · the mean squared difference of their inputs), a Gaussian kernel. */
#ifndef NN_MODELS_KERNEL_ROWS_H
#define NN_MODELS_KERNEL_ROWS_H

/* The arrays are the caller's. */
typedef struct KernelRows {
    int n, inputs;
    float sharpness;
    float *mean, *deviation; /* (inputs) */
    float *rows;             /* (n, inputs) standardised */
} KernelRows;

/* Mean and standard deviation (at least 1e-6) of each column of x (n, columns). */
void kernel_rows_measure(const float *x, int n, int columns, float *mean, float *deviation);

/* Measures x (n, inputs) and fills mean, deviation and rows from it. */
void kernel_rows_fill(const KernelRows *known, const float *x);

/* Standardises a row x (inputs) to z (inputs) like the known rows. */
void kernel_rows_standardise(const KernelRows *known, const float *x, float *z);

/* The similarity of row i to z (inputs), which is standardised: 0 … 1. */
float kernel_rows_likeness(const KernelRows *known, int i, const float *z);

/* Row i (inputs), standardised. */
const float *kernel_rows_at(const KernelRows *known, int i);

#endif
