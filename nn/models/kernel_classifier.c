#include "nn/models/kernel_classifier.h"

#include "nn/core/gemm.h"
#include "nn/core/tensor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const float most_deviations = 3;

struct KernelClassifier {
    KernelClassifierSettings settings;
    int n, inputs, classes;
    float *mean, *deviation; /* (inputs) */
    float *rows;             /* (n, inputs) the rows it knows, standardised */
    float *says;             /* (n, classes) what each says of rows like it */
};

/* ------------------------------------------------------------------ predicting */

static const float *row(const KernelClassifier *classifier, int i) {
    return classifier->rows + (size_t)i * (size_t)classifier->inputs;
}

static void standardise(const KernelClassifier *classifier, const float *x, float *z) {
    for (int f = 0; f < classifier->inputs; f++) {
        float value = (x[f] - classifier->mean[f]) / classifier->deviation[f];
        z[f] = fminf(fmaxf(value, -most_deviations), most_deviations);
    }
}

static float likeness(const KernelClassifier *classifier, const float *a, const float *b) {
    float squares = 0;
    for (int f = 0; f < classifier->inputs; f++)
        squares += (a[f] - b[f]) * (a[f] - b[f]);
    return 1 + expf(-classifier->settings.sharpness / (float)classifier->inputs * squares);
}

static void softmax(const float *logits, int classes, float *probabilities) {
    float greatest = -INFINITY, total = 0;
    for (int k = 0; k < classes; k++)
        greatest = fmaxf(greatest, logits[k]);
    for (int k = 0; k < classes; k++)
        total += probabilities[k] = expf(logits[k] - greatest);
    for (int k = 0; k < classes; k++)
        probabilities[k] /= total;
}

void kernel_classifier_probabilities(const KernelClassifier *classifier, const float *x,
                                     float *probabilities) {
    float z[KERNEL_CLASSIFIER_INPUTS], logits[KERNEL_CLASSIFIER_CLASSES] = {0};
    int classes = classifier->classes;
    standardise(classifier, x, z);
    for (int i = 0; i < classifier->n; i++) {
        float like = likeness(classifier, z, row(classifier, i));
        for (int k = 0; k < classes; k++)
            logits[k] += like * classifier->says[(size_t)i * (size_t)classes + (size_t)k];
    }
    softmax(logits, classes, probabilities);
}

/* ------------------------------------------------------------------ fitting */

static void measure_inputs(KernelClassifier *classifier, const float *x) {
    size_t inputs = (size_t)classifier->inputs;
    int n = classifier->n;
    for (size_t f = 0; f < inputs; f++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < n; i++)
            sum += (double)x[(size_t)i * inputs + f];
        double mean = sum / n;
        for (int i = 0; i < n; i++) {
            double off = (double)x[(size_t)i * inputs + f] - mean;
            squares += off * off;
        }
        classifier->mean[f] = (float)mean;
        classifier->deviation[f] = (float)fmax(sqrt(squares / n), 1e-6);
    }
}

static void fill_kernel(const KernelClassifier *classifier, float *kernel) {
    size_t n = (size_t)classifier->n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            kernel[i * n + j] = kernel[j * n + i] =
                likeness(classifier, row(classifier, (int)i), row(classifier, (int)j));
}

/* The steepest the loss can curve: a softmax by 1/2, the kernel by its largest sum of a row. */
static float curvature(const float *kernel, int n, float penalty) {
    float most = 0;
    for (int i = 0; i < n; i++) {
        float sum = 0;
        for (int j = 0; j < n; j++)
            sum += kernel[(size_t)i * (size_t)n + (size_t)j];
        most = fmaxf(most, sum);
    }
    return most / 2 + penalty;
}

/* Minimises Σ cross-entropy + penalty/2 ‖f‖² over functions f = Σ says_i kernel(x_i, ·) by
 * Nesterov's descent in their space, where the gradient is (probabilities - truth) + penalty · says
 * in the same coordinates. `ahead` and `logits` (n, classes) are scratch. */
static void descend(KernelClassifier *classifier, const float *kernel, const int *labels,
                    float *ahead, float *logits) {
    int n = classifier->n, classes = classifier->classes;
    const float penalty = classifier->settings.penalty;
    const float steepest = curvature(kernel, n, penalty), ratio = sqrtf(steepest / penalty);
    const float momentum = (ratio - 1) / (ratio + 1);
    for (int step = 0; step < classifier->settings.steps; step++) {
        gemm(false, false, n, classes, n, kernel, n, ahead, classes, 0, logits, classes);
        for (int i = 0; i < n; i++) {
            float probabilities[KERNEL_CLASSIFIER_CLASSES];
            size_t first = (size_t)i * (size_t)classes;
            softmax(logits + first, classes, probabilities);
            for (int k = 0; k < classes; k++) {
                float *at = ahead + first + k, *says = classifier->says + first + k;
                float gradient = probabilities[k] - (float)(k == labels[i]) + penalty * *at;
                float moved = *at - gradient / steepest;
                *at = moved + momentum * (moved - *says);
                *says = moved;
            }
        }
    }
}

static int fit(KernelClassifier *classifier, const float *x, const int *labels, Error *error) {
    size_t n = (size_t)classifier->n, inputs = (size_t)classifier->inputs,
           says = n * (size_t)classifier->classes;
    if (first_not_finite(x, n * inputs) >= 0)
        return error_set(error, "an input of the classifier is not finite");
    classifier->mean = malloc(inputs * sizeof(float));
    classifier->deviation = malloc(inputs * sizeof(float));
    classifier->rows = malloc(n * inputs * sizeof(float));
    classifier->says = calloc(says, sizeof(float));
    float *kernel = malloc(n * n * sizeof(float)), *scratch = calloc(2 * says, sizeof(float));
    bool good = classifier->mean && classifier->deviation && classifier->rows && classifier->says &&
                kernel && scratch;
    if (good) {
        measure_inputs(classifier, x);
        for (size_t i = 0; i < n; i++)
            standardise(classifier, x + i * inputs, classifier->rows + i * inputs);
        fill_kernel(classifier, kernel);
        descend(classifier, kernel, labels, scratch, scratch + says);
    }
    free(kernel);
    free(scratch);
    return good ? 0 : error_memory(error, "the rows of a classifier", n * n * sizeof(float));
}

KernelClassifier *kernel_classifier_fit(const float *x, const int *labels, int n, int inputs,
                                        int classes, KernelClassifierSettings settings,
                                        Error *error) {
    if (n < 2 || inputs < 1 || inputs > KERNEL_CLASSIFIER_INPUTS || classes < 2 ||
        classes > KERNEL_CLASSIFIER_CLASSES) {
        error_set(error, "a classifier of %d rows, %d inputs, %d classes cannot be fitted", n,
                  inputs, classes);
        return NULL;
    }
    KernelClassifier *classifier = calloc(1, sizeof *classifier);
    if (!classifier) {
        error_memory(error, "a classifier", sizeof *classifier);
        return NULL;
    }
    *classifier =
        (KernelClassifier){.settings = settings, .n = n, .inputs = inputs, .classes = classes};
    if (!fit(classifier, x, labels, error))
        return classifier;
    kernel_classifier_destroy(classifier);
    return NULL;
}

void kernel_classifier_destroy(KernelClassifier *classifier) {
    if (!classifier)
        return;
    free(classifier->mean);
    free(classifier->deviation);
    free(classifier->rows);
    free(classifier->says);
    free(classifier);
}
