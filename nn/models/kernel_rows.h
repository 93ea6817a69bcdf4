/* kernel_rows.h: the rows that a kernel method knows, and how alike two of them are: what
 * kernel_regression.h and kernel_classifier.h share.
 *
 * Inputs are standardised and held within three deviations. Two rows are as alike as
 * exp(-sharpness · the mean squared difference of their inputs), a Gaussian kernel. */
#ifndef NN_MODELS_KERNEL_ROWS_H
#define NN_MODELS_KERNEL_ROWS_H

/* Arrays of the caller's. */
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

/* Standardises a row x (inputs) to z (inputs) as the known rows were. */
void kernel_rows_standardise(const KernelRows *known, const float *x, float *z);

/* The likeness of row i to z (inputs), which is standardised: 0 … 1. */
float kernel_rows_likeness(const KernelRows *known, int i, const float *z);

/* Row i (inputs), standardised. */
const float *kernel_rows_at(const KernelRows *known, int i);

#endif
