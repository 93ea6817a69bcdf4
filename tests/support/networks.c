#include "tests/support/networks.h"

#include "datasets/faces/face_set.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <string.h>

ImageClassifierInfo network_info(const char *arch) {
    ImageClassifierInfo info = {
        .size = 48, .n_classes = EMOTION_COUNT, .mean = 0.5f, .std = 0.25f, .temperature = 1};
    strcpy(info.arch, arch);
    for (int i = 0; i < EMOTION_COUNT; i++)
        strcpy(info.class_names[i], emotions[i].name);
    return info;
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text), n = strlen(end);
    return length >= n && !strcmp(text + length - n, end);
}

ImageClassifier *network_create(const ImageClassifierInfo *info, uint64_t seed) {
    Error error;
    ImageClassifier *network = image_classifier_create(info, rng_seed(seed), &error);
    ck_assert_msg(network, "%s", error.message);
    Parameters *parameters = image_classifier_parameters(network);
    for (int i = 0; i < parameters_count(parameters); i++) {
        Tensor *tensor = &parameters_at(parameters, i)->tensor;
        Rng rng = rng_split(rng_seed(seed), (uint64_t)i);
        if (ends_with(tensor->name, "running_var"))
            init_uniform(tensor, 0.5f, 2, rng);
        else if (ends_with(tensor->name, "running_mean") || ends_with(tensor->name, "bias"))
            init_uniform(tensor, -0.2f, 0.2f, rng);
        else if (tensor->shape.n_dims == 1) /* a norm's weight */
            init_uniform(tensor, 0.5f, 1.5f, rng);
    }
    return network;
}

const char *network_save(const ImageClassifierInfo *info, uint64_t seed, const char *name) {
    ImageClassifier *network = network_create(info, seed);
    const char *path = scratch_path(name);
    Error error;
    int status = image_classifier_save(network, path, NULL, &error);
    ck_assert_msg(!status, "%s", error.message);
    image_classifier_destroy(network);
    return path;
}

void network_faces(uint8_t *faces, int n, uint64_t seed) {
    for (int i = 0; i < n; i++)
        for (int row = 0; row < FACE_SIDE; row++)
            for (int column = 0; column < FACE_SIDE; column++) {
                Rng rng = rng_split(rng_seed(seed), (uint64_t)i);
                uint32_t blotch = rng_bits(rng, (uint64_t)(row / 6 * 8 + column / 6)) % 200;
                uint32_t noise = rng_bits(rng, (uint64_t)(64 + row * FACE_SIDE + column)) % 56;
                faces[(i * FACE_SIDE + row) * FACE_SIDE + column] = (uint8_t)(blotch + noise);
            }
}
