#include "nn/models/kernel_classifier.h"

#include "nn/core/gemm.h"
#include "nn/core/tensor.h"
#include "nn/models/kernel_rows.h"

#include <math.h>
#include <stdlib.h>

struct KernelClassifier {
    KernelClassifierSettings settings;
    KernelRows known;
    int classes;
    float *says; /* (n, classes) what each known row says of rows like it */
};

/* ------------------------------------------------------------------ predicting */

/* The 1 is what all rows share (the bias). */
static float likeness(const KernelClassifier *classifier, int i, const float *z) {
    return 1 + kernel_rows_likeness(&classifier->known, i, z);
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
    kernel_rows_standardise(&classifier->known, x, z);
    for (int i = 0; i < classifier->known.n; i++) {
        float like = likeness(classifier, i, z);
        for (int k = 0; k < classes; k++)
            logits[k] += like * classifier->says[(size_t)i * (size_t)classes + (size_t)k];
    }
    softmax(logits, classes, probabilities);
}

/* ------------------------------------------------------------------ fitting */

static void fill_kernel(const KernelClassifier *classifier, float *kernel) {
    size_t n = (size_t)classifier->known.n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            kernel[i * n + j] = kernel[j * n + i] =
                likeness(classifier, (int)i, kernel_rows_at(&classifier->known, (int)j));
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
    int n = classifier->known.n, classes = classifier->classes;
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
    KernelRows *known = &classifier->known;
    size_t n = (size_t)known->n, inputs = (size_t)known->inputs,
           says = n * (size_t)classifier->classes;
    if (first_not_finite(x, n * inputs) >= 0)
        return error_set(error, "an input of the classifier is not finite");
    known->mean = malloc(inputs * sizeof(float));
    known->deviation = malloc(inputs * sizeof(float));
    known->rows = malloc(n * inputs * sizeof(float));
    classifier->says = calloc(says, sizeof(float));
    float *kernel = malloc(n * n * sizeof(float)), *scratch = calloc(2 * says, sizeof(float));
    bool good =
        known->mean && known->deviation && known->rows && classifier->says && kernel && scratch;
    if (good) {
        kernel_rows_fill(known, x);
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
        (KernelClassifier){.settings = settings,
                           .known = {.n = n, .inputs = inputs, .sharpness = settings.sharpness},
                           .classes = classes};
    if (!fit(classifier, x, labels, error))
        return classifier;
    kernel_classifier_destroy(classifier);
    return NULL;
}

void kernel_classifier_destroy(KernelClassifier *classifier) {
    if (!classifier)
        return;
    free(classifier->known.mean);
    free(classifier->known.deviation);
    free(classifier->known.rows);
    free(classifier->says);
    free(classifier);
}
