/* image_classifier.h: a zoo of convolutional classifiers.
 *
 * Each network is one row of a table (image_classifier.c): four stages of 3×3 convolutions with
 * batch norm and ReLU, a 2×2 max pool after each, and a head. All are trained, saved, loaded,
 * folded and run through the functions here. */
#ifndef NN_MODELS_IMAGE_CLASSIFIER_H
#define NN_MODELS_IMAGE_CLASSIFIER_H

#include "nn/io/safetensors.h"
#include "nn/models/layers.h"

enum { IMAGE_CLASSIFIER_MAX_CLASSES = 64 };

/* What a model file stores about a network besides its weights. */
typedef struct ImageClassifierInfo {
    char arch[32];
    int size;      /* height and width of the input, 16 … 1024 */
    int n_classes; /* 2 … IMAGE_CLASSIFIER_MAX_CLASSES */
    char class_names[IMAGE_CLASSIFIER_MAX_CLASSES][24];
    float mean, std; /* the input is (grey / 255 - mean) / std */
    /* While training: the share of features dropped in the head, and after each stage but the
     * last. */
    float dropout, block_dropout;
    float temperature, floor;       /* see image_classifier_probabilities; 1 and 0: plain softmax */
    SafetensorsPrecision precision; /* in which its file keeps the weights */
} ImageClassifierInfo;

typedef struct ImageClassifier ImageClassifier;

/* Builds a network with fresh weights. Fails on an unknown arch (naming the known ones) or an
 * unsupported size. Free with image_classifier_destroy. */
ImageClassifier *image_classifier_create(const ImageClassifierInfo *info, Rng rng, Error *error);
void image_classifier_destroy(ImageClassifier *model);

/* Logits (N,K) for pictures x (N,size,size,1). */
Tensor *image_classifier_forward(const ImageClassifier *model, Tape *tape, Tensor *x);

/* The calibrated probabilities (n_classes) of a picture's logits. Of softmax's probability a class
 * keeps what is above `floor`, or a twentieth of the floor where that is more: what smoothed and
 * mixed labels teach a network to give to every class means nothing. The rest is raised to the
 * power of 1 / temperature (Guo et al. 2017) and made to sum to 1. The order of the classes stays
 * but for those at the floor, which become equal. */
void image_classifier_probabilities(const ImageClassifierInfo *info, const float *logits,
                                    float *probabilities);

/* As forward, and also returns the last stage's feature maps (N,h,w,C) for attention maps. */
Tensor *image_classifier_forward_features(const ImageClassifier *model, Tape *tape, Tensor *x,
                                          Tensor **features);

Parameters *image_classifier_parameters(const ImageClassifier *model);
ImageClassifierInfo *image_classifier_info(ImageClassifier *model);

/* Reorders the classes: class i becomes the one that was `order[i]` (n_classes, a permutation),
 * with its name and its weights. */
int image_classifier_order(ImageClassifier *model, const int *order, Error *error) MUST_CHECK;

/* Multiply-adds of one forward pass for one picture. */
int64_t image_classifier_multiply_adds(const ImageClassifier *model);

/* Folds every batch norm into its convolution: same logits, faster; the model can then no longer be
 * trained or saved. Fails when a weight is not finite: a NaN dropped by a maximum would hide that
 * the network is damaged. */
int image_classifier_fold(ImageClassifier *model, Error *error) MUST_CHECK;

/* Writes weights and info; `extra` (may be NULL) is a JSON object of strings to add to the
 * metadata. */
int image_classifier_save(const ImageClassifier *model, const char *path, json_t *extra,
                          Error *error) MUST_CHECK;

/* Reads a model file written by image_classifier_save or by other software with the same names. */
ImageClassifier *image_classifier_load(const char *path, Error *error);
/* The same from bytes in memory; `name` is for messages. */
ImageClassifier *image_classifier_load_bytes(const unsigned char *bytes, size_t size,
                                             const char *name, Error *error);

/* Names of the architectures, NULL at the end, and a one-line summary of each. */
extern const char *const image_classifier_archs[];
const char *image_classifier_summary(const char *arch);

#endif
