/* kernel_regression.h: kernel ridge regression in closed form (Saunders, Gammerman and Vovk, "Ridge
 * regression learning algorithm in dual variables", ICML 1998), for tables of a few thousand rows.
 *
 * Rows are standardised and compared as in kernel_rows.h; the outputs' means are the bias, and
 * `penalty` is the noise variance in units of the kernel. The fit solves one system of n equations
 * by Cholesky's method, so it depends only on the rows. */
#ifndef NN_MODELS_KERNEL_REGRESSION_H
#define NN_MODELS_KERNEL_REGRESSION_H

#include "nn/base/error.h"
#include "nn/core/parameters.h"
#include "nn/io/safetensors.h"

enum {
    KERNEL_REGRESSION_ROWS = 20000, /* at most */
    KERNEL_REGRESSION_INPUTS = 4096,
    KERNEL_REGRESSION_OUTPUTS = 16
};

typedef struct KernelRegression KernelRegression;

typedef struct KernelRegressionSettings {
    float sharpness, penalty; /* > 0 */
} KernelRegressionSettings;

/* Fits x (n, inputs) to y (n, outputs). NULL when a value is not finite, a count is out of range or
 * memory runs out. Free with kernel_regression_destroy (NULL is fine). */
KernelRegression *kernel_regression_fit(const float *x, const float *y, int n, int inputs,
                                        int outputs, KernelRegressionSettings settings,
                                        Error *error);
void kernel_regression_destroy(KernelRegression *regression);

int kernel_regression_inputs(const KernelRegression *regression);
int kernel_regression_outputs(const KernelRegression *regression);

/* Predicts y (outputs) for one row x (inputs). */
void kernel_regression_predict(const KernelRegression *regression, const float *x, float *y);

/* What a file stores of it: tensors named PREFIX.rows, PREFIX.weights …; owned by the regression.
 * kernel_regression_name sets the prefix. */
const Parameters *kernel_regression_parameters(const KernelRegression *regression);

/* Sets the tensors' names in a file. */
int kernel_regression_name(KernelRegression *regression, const char *prefix,
                           Error *error) MUST_CHECK;

/* Reads a regression stored in a file under that prefix. */
KernelRegression *kernel_regression_read(const SafetensorsFile *file, const char *prefix,
                                         Error *error);

#endif
