/* kernel_classifier.h: kernel logistic regression (Zhu and Hastie, "Kernel logistic regression and
 * the import vector machine", 2005), for tables of a few thousand rows.
 *
 * The kernel is that of kernel_rows.h plus 1, which serves as the bias. The problem is convex, so
 * the fit depends only on the rows. */
#ifndef NN_MODELS_KERNEL_CLASSIFIER_H
#define NN_MODELS_KERNEL_CLASSIFIER_H

#include "nn/base/error.h"

enum { KERNEL_CLASSIFIER_INPUTS = 1024, KERNEL_CLASSIFIER_CLASSES = 16 }; /* at most */

typedef struct KernelClassifierSettings {
    float sharpness; /* how fast similarity falls with distance */
    float penalty;   /* on the norm of the function */
    int steps;       /* of Nesterov's accelerated gradient descent */
} KernelClassifierSettings;

typedef struct KernelClassifier KernelClassifier;

/* Fits to rows x (n, inputs) with labels (n), 0 … classes - 1; n ≥ 2. Free with
 * kernel_classifier_destroy. NULL when an input is not finite or memory runs out. */
KernelClassifier *kernel_classifier_fit(const float *x, const int *labels, int n, int inputs,
                                        int classes, KernelClassifierSettings settings,
                                        Error *error);
void kernel_classifier_destroy(KernelClassifier *classifier);

/* Writes the probabilities (classes) of one row x (inputs). */
void kernel_classifier_probabilities(const KernelClassifier *classifier, const float *x,
                                     float *probabilities);

#endif
