#include "train/bench/pictures.h"

#include <stdio.h>
#include <stdlib.h>

enum { CLASSES = 7 };

void pictures_destroy(Pictures *p) {
    optimizer_destroy(p->optimizer);
    image_classifier_destroy(p->model);
    tape_destroy(p->tape);
    free(p->x);
    free(p->labels);
}

const OptimizerSettings bench_sgd = {
    .kind = OPTIMIZER_SGD, .momentum = 0.9f, .weight_decay = 1e-4f};

int pictures_create(Pictures *p, const char *arch, int batch, bool train, Error *error) {
    ImageClassifierInfo info = {
        .size = BENCH_SIDE, .n_classes = CLASSES, .std = 1, .dropout = 0.5f, .temperature = 1};
    snprintf(info.arch, sizeof info.arch, "%s", arch);
    size_t count = (size_t)batch * BENCH_SIDE * BENCH_SIDE;
    *p = (Pictures){.tape = tape_create(), .batch = batch};
    p->x = malloc(count * sizeof *p->x);
    p->labels = malloc((size_t)batch * sizeof *p->labels);
    if (!p->tape || !p->x || !p->labels)
        return error_memory(error, "a batch of pictures", count * sizeof *p->x);
    for (size_t i = 0; i < count; i++)
        p->x[i] = rng_normal(rng_seed(1), i);
    for (int i = 0; i < batch; i++)
        p->labels[i] = i % CLASSES;
    if (!(p->model = image_classifier_create(&info, rng_seed(1), error)))
        return -1;
    if (!train)
        return image_classifier_fold(p->model, error);
    Parameters *parameters = image_classifier_parameters(p->model);
    if (parameters_enable_gradients(parameters, error))
        return -1;
    return (p->optimizer = optimizer_create(parameters, bench_sgd, error)) ? 0 : -1;
}

Tensor *pictures_forward(Pictures *p, TapeMode mode) {
    tape_begin(p->tape, mode, rng_seed(2));
    Tensor *x = tape_input(p->tape, "pictures", shape(p->batch, BENCH_SIDE, BENCH_SIDE, 1), p->x);
    return image_classifier_forward(p->model, p->tape, x);
}
