#include "nn/models/kernel_regression.h"

#include "nn/models/kernel_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct KernelRegression {
    int n, inputs, outputs;
    Parameters *parameters;   /* owns the tensors below */
    Tensor *mean, *deviation; /* (inputs) */
    Tensor *rows;             /* (n, inputs) standardised */
    Tensor *weights;          /* (n, outputs) */
    Tensor *bias;             /* (outputs) */
    Tensor *sharpness;        /* (1) */
};

static KernelRegression *create(const char *prefix, int n, int inputs, int outputs, Error *error) {
    KernelRegression *regression = calloc(1, sizeof *regression);
    Parameters *parameters = parameters_create();
    if (!regression || !parameters) {
        error_memory(error, "a regression", sizeof *regression);
        parameters_destroy(parameters);
        free(regression);
        return NULL;
    }
    *regression = (KernelRegression){
        .n = n,
        .inputs = inputs,
        .outputs = outputs,
        .parameters = parameters,
        .mean = parameters_add(parameters, prefix, "mean", shape(inputs), PARAMETER_BIAS),
        .deviation = parameters_add(parameters, prefix, "deviation", shape(inputs), PARAMETER_BIAS),
        .rows = parameters_add(parameters, prefix, "rows", shape(n, inputs), PARAMETER_WEIGHT),
        .weights = parameters_add(parameters, prefix, "weights", shape(n, outputs), PARAMETER_BIAS),
        .bias = parameters_add(parameters, prefix, "bias", shape(outputs), PARAMETER_BIAS),
        .sharpness = parameters_add(parameters, prefix, "sharpness", shape(1), PARAMETER_BIAS)};
    if (!parameters_check(parameters, error))
        return regression;
    kernel_regression_destroy(regression);
    return NULL;
}

void kernel_regression_destroy(KernelRegression *regression) {
    if (!regression)
        return;
    parameters_destroy(regression->parameters);
    free(regression);
}

int kernel_regression_inputs(const KernelRegression *regression) {
    return regression->inputs;
}

int kernel_regression_outputs(const KernelRegression *regression) {
    return regression->outputs;
}

const Parameters *kernel_regression_parameters(const KernelRegression *regression) {
    return regression->parameters;
}

/* ------------------------------------------------------------------ predicting */

static KernelRows known_rows(const KernelRegression *regression) {
    return (KernelRows){.n = regression->n,
                        .inputs = regression->inputs,
                        .sharpness = regression->sharpness->data[0],
                        .mean = regression->mean->data,
                        .deviation = regression->deviation->data,
                        .rows = regression->rows->data};
}

void kernel_regression_predict(const KernelRegression *regression, const float *x, float *y) {
    float z[KERNEL_REGRESSION_INPUTS];
    const KernelRows known = known_rows(regression);
    kernel_rows_standardise(&known, x, z);
    memcpy(y, regression->bias->data, (size_t)regression->outputs * sizeof *y);
    for (int i = 0; i < regression->n; i++) {
        float like = kernel_rows_likeness(&known, i, z);
        for (int k = 0; k < regression->outputs; k++)
            y[k] += like * regression->weights->data[i * regression->outputs + k];
    }
}

/* ------------------------------------------------------------------ fitting */

/* Replaces the lower triangle of a symmetric positive matrix (n, n) by its Cholesky factor. */
static void factor(double *a, int n) {
    for (int j = 0; j < n; j++) {
        double *column = a + (size_t)j * (size_t)n, sum = column[j];
        for (int k = 0; k < j; k++)
            sum -= column[k] * column[k];
        column[j] = sqrt(sum);
        for (int i = j + 1; i < n; i++) {
            double *other = a + (size_t)i * (size_t)n, product = other[j];
            for (int k = 0; k < j; k++)
                product -= other[k] * column[k];
            other[j] = product / column[j];
        }
    }
}

/* Solves L Lᵀ b = b in place. */
static void substitute(const double *a, int n, double *b) {
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++)
            b[i] -= a[(size_t)i * (size_t)n + (size_t)k] * b[k];
        b[i] /= a[(size_t)i * (size_t)n + (size_t)i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++)
            b[i] -= a[(size_t)k * (size_t)n + (size_t)i] * b[k];
        b[i] /= a[(size_t)i * (size_t)n + (size_t)i];
    }
}

static int solve(KernelRegression *regression, const float *y, double penalty, Error *error) {
    const KernelRows known = known_rows(regression);
    int n = regression->n, outputs = regression->outputs;
    size_t room = (size_t)n * (size_t)n;
    double *kernel = malloc(room * sizeof *kernel), *b = malloc((size_t)n * sizeof *b);
    int status = kernel && b ? 0 : error_memory(error, "a regression", room * sizeof *kernel);
    for (int i = 0; i < n && !status; i++) {
        for (int j = 0; j < i; j++)
            kernel[(size_t)i * (size_t)n + (size_t)j] =
                (double)kernel_rows_likeness(&known, j, kernel_rows_at(&known, i));
        kernel[(size_t)i * (size_t)n + (size_t)i] = 1 + penalty;
    }
    if (!status)
        factor(kernel, n);
    for (int k = 0; k < outputs && !status; k++) {
        for (int i = 0; i < n; i++)
            b[i] = (double)y[(size_t)i * (size_t)outputs + (size_t)k] -
                   (double)regression->bias->data[k];
        substitute(kernel, n, b);
        for (int i = 0; i < n; i++)
            regression->weights->data[(size_t)i * (size_t)outputs + (size_t)k] = (float)b[i];
    }
    free(kernel);
    free(b);
    return status;
}

static int check_counts(int n, int inputs, int outputs, Error *error) {
    if (n < 2 || n > KERNEL_REGRESSION_ROWS || inputs < 1 || inputs > KERNEL_REGRESSION_INPUTS ||
        outputs < 1 || outputs > KERNEL_REGRESSION_OUTPUTS)
        return error_set(error,
                         "a regression of %d rows, %d inputs, %d outputs; expected 2 … %d rows, "
                         "1 … %d inputs, 1 … %d outputs",
                         n, inputs, outputs, KERNEL_REGRESSION_ROWS, KERNEL_REGRESSION_INPUTS,
                         KERNEL_REGRESSION_OUTPUTS);
    return 0;
}

KernelRegression *kernel_regression_fit(const float *x, const float *y, int n, int inputs,
                                        int outputs, KernelRegressionSettings settings,
                                        Error *error) {
    if (check_counts(n, inputs, outputs, error))
        return NULL;
    if (first_not_finite(x, (size_t)n * (size_t)inputs) >= 0 ||
        first_not_finite(y, (size_t)n * (size_t)outputs) >= 0) {
        error_set(error, "a value to fit the regression to is not finite");
        return NULL;
    }
    KernelRegression *regression = create("", n, inputs, outputs, error);
    if (!regression)
        return NULL;
    regression->sharpness->data[0] = settings.sharpness;
    const KernelRows known = known_rows(regression);
    float deviations[KERNEL_REGRESSION_OUTPUTS];
    kernel_rows_fill(&known, x);
    kernel_rows_measure(y, n, outputs, regression->bias->data, deviations);
    if (!solve(regression, y, (double)settings.penalty, error))
        return regression;
    kernel_regression_destroy(regression);
    return NULL;
}

/* ------------------------------------------------------------------ files */

int kernel_regression_name(KernelRegression *regression, const char *prefix, Error *error) {
    KernelRegression *named =
        create(prefix, regression->n, regression->inputs, regression->outputs, error);
    if (!named)
        return -1;
    parameters_copy(named->parameters, regression->parameters);
    KernelRegression unnamed = *regression;
    *regression = *named;
    *named = unnamed;
    kernel_regression_destroy(named);
    return 0;
}

KernelRegression *kernel_regression_read(const SafetensorsFile *file, const char *prefix,
                                         Error *error) {
    char name[128];
    snprintf(name, sizeof name, "%s.rows", prefix);
    const SafetensorsEntry *rows = safetensors_find(file, name);
    snprintf(name, sizeof name, "%s.weights", prefix);
    const SafetensorsEntry *weights = safetensors_find(file, name);
    if (!rows || rows->shape.n_dims != 2 || !weights || weights->shape.n_dims != 2) {
        error_set(error, "%s: holds no regression '%s' (matrices %s.rows and %s.weights)",
                  safetensors_name(file), prefix, prefix, prefix);
        return NULL;
    }
    int n = rows->shape.size[0], inputs = rows->shape.size[1], outputs = weights->shape.size[1];
    KernelRegression *regression = NULL;
    if (!check_counts(n, inputs, outputs, error))
        regression = create(prefix, n, inputs, outputs, error);
    int status = regression ? safetensors_read(file, regression->parameters, error) : -1;
    for (int f = 0; !status && f < inputs; f++)
        if (!(regression->deviation->data[f] > 0))
            status = error_set(error, "a deviation of '%s' is not above 0", prefix);
    if (!status && parameters_first_not_finite(regression->parameters))
        status = error_set(error, "a value of '%s' is not finite", prefix);
    if (!status)
        return regression;
    kernel_regression_destroy(regression);
    error_context(error, "%s", safetensors_name(file));
    return NULL;
}
