/* pictures.h: a batch of random pictures and a network to train or run on it. */
#ifndef TRAIN_BENCH_PICTURES_H
#define TRAIN_BENCH_PICTURES_H

#include "nn/core/optimizer.h"
#include "nn/models/image_classifier.h"

enum { BENCH_SIDE = 48 };

typedef struct Pictures {
    ImageClassifier *model;
    Optimizer *optimizer; /* NULL for inference */
    Tape *tape;
    float *x;
    int32_t *labels;
    int batch;
} Pictures;

extern const OptimizerSettings bench_sgd;

/* With `train` also gradients and an optimizer; else the network is folded. Destroy it after an
 * error too. */
int pictures_create(Pictures *p, const char *arch, int batch, bool train, Error *error) MUST_CHECK;
void pictures_destroy(Pictures *p);

/* Begins a step on the tape. Returns the logits. */
Tensor *pictures_forward(Pictures *p, TapeMode mode);

#endif
