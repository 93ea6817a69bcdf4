#include "train/tasks/teacher.h"

#include "datasets/faces/emotion.h"
#include "datasets/faces/face_network.h"
#include "nn/base/checksum.h"
#include "nn/base/text_list.h"

#include <stdlib.h>

struct Teacher {
    FaceInput input; /* of the student */
    ImageClassifier **networks;
    int n_networks;
    bool shared; /* each network teaches its share of a batch, not all of it */
    Checksum checksum;
    Tape *tape;
};

/* ------------------------------------------------------------------ loading */

static int add_network(Teacher *teacher, const char *path, Error *error) {
    ImageClassifier *network = face_network_load(path, error);
    if (!network)
        return -1;
    teacher->networks[teacher->n_networks++] = network;
    const ImageClassifierInfo *info = image_classifier_info(network);
    uint64_t weights = parameters_checksum(image_classifier_parameters(network));
    checksum_add(&teacher->checksum, &weights, sizeof weights);
    checksum_add(&teacher->checksum, &info->temperature, sizeof info->temperature);
    checksum_add(&teacher->checksum, &info->floor, sizeof info->floor);
    int size = info->size;
    if (size != teacher->input.side)
        return error_set(error, "%s: a teacher for %d pixels, the student sees %d", path, size,
                         teacher->input.side);
    return image_classifier_fold(network, error) ? error_context(error, "%s", path) : 0;
}

static Teacher *load_all(char **paths, int n, bool shared, const FaceInput *input, Error *error) {
    Teacher *teacher = calloc(1, sizeof *teacher);
    if (!teacher || !(teacher->tape = tape_create()) ||
        !(teacher->networks = calloc((size_t)n, sizeof *teacher->networks))) {
        error_memory(error, "a teacher", sizeof *teacher);
        teacher_destroy(teacher);
        return NULL;
    }
    teacher->input = *input;
    teacher->shared = shared;
    for (int i = 0; i < n; i++)
        if (add_network(teacher, paths[i], error)) {
            teacher_destroy(teacher);
            return NULL;
        }
    return teacher;
}

Teacher *teacher_load(const char *paths, bool shared, const FaceInput *input, Error *error) {
    int n;
    char **list = text_list_split(paths, &n, error);
    Teacher *teacher = list ? load_all(list, n, shared, input, error) : NULL;
    free(list);
    return teacher;
}

void teacher_destroy(Teacher *teacher) {
    if (!teacher)
        return;
    for (int i = 0; i < teacher->n_networks; i++)
        image_classifier_destroy(teacher->networks[i]);
    free(teacher->networks);
    tape_destroy(teacher->tape);
    free(teacher);
}

uint64_t teacher_checksum(const Teacher *teacher) {
    Checksum all = teacher->checksum;
    return checksum_end(&all);
}

/* ------------------------------------------------------------------ teaching */

void teacher_use_bfloat16(Teacher *teacher, bool use) {
    tape_use_bfloat16(teacher->tape, use);
}

/* Logits (n, EMOTION_COUNT) of one network; x was normalised for the student. */
static const Tensor *logits_of(const Teacher *teacher, ImageClassifier *network, Tensor *x) {
    const ImageClassifierInfo *info = image_classifier_info(network);
    Tensor *seen = op_scale(teacher->tape, x, teacher->input.deviation / info->std,
                            (teacher->input.mean - info->mean) / info->std);
    return image_classifier_forward(network, teacher->tape, seen);
}

/* Adds `weight` times what one network says of faces x (n, side, side, 1) to their targets. */
static int add_opinion(Teacher *teacher, ImageClassifier *network, const float *x, int n,
                       float weight, float *targets, Error *error) {
    if (!n)
        return 0;
    int side = teacher->input.side;
    tape_begin(teacher->tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *pictures = tape_input(teacher->tape, "faces", shape(n, side, side, 1), x);
    const Tensor *logits = logits_of(teacher, network, pictures);
    if (tape_check(teacher->tape, error))
        return -1;
    for (int i = 0; i < n * EMOTION_COUNT; i += EMOTION_COUNT) {
        float opinion[EMOTION_COUNT];
        image_classifier_probabilities(image_classifier_info(network), logits->data + i, opinion);
        for (int c = 0; c < EMOTION_COUNT; c++)
            targets[i + c] += weight * opinion[c];
    }
    return 0;
}

int teacher_blend(Teacher *teacher, const float *x, int n, int turn, float weight, float *targets,
                  Error *error) {
    int count = teacher->n_networks, pixels = teacher->input.side * teacher->input.side;
    for (int i = 0; i < n * EMOTION_COUNT; i++)
        targets[i] *= 1 - weight;
    for (int k = 0; k < count; k++) {
        int first = teacher->shared ? k * n / count : 0,
            end = teacher->shared ? (k + 1) * n / count : n;
        ImageClassifier *network = teacher->networks[teacher->shared ? (k + turn) % count : k];
        if (add_opinion(teacher, network, x + (size_t)first * (size_t)pixels, end - first,
                        teacher->shared ? weight : weight / (float)count,
                        targets + (size_t)first * EMOTION_COUNT, error))
            return -1;
    }
    return 0;
}
