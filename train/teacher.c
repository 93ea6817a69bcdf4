#include "train/teacher.h"

#include "datasets/emotion.h"
#include "train/face_network.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NETWORKS = 32 };

struct Teacher {
    FaceInput input; /* of the student */
    ImageClassifier *networks[MOST_NETWORKS];
    int n_networks;
    Tape *tape;
};

/* ------------------------------------------------------------------ loading */

static int add_network(Teacher *teacher, const char *path, Error *error) {
    if (teacher->n_networks == MOST_NETWORKS)
        return error_set(error, "more than %d teachers", MOST_NETWORKS);
    ImageClassifier *network = face_network_load(path, error);
    if (!network)
        return -1;
    teacher->networks[teacher->n_networks++] = network;
    int size = image_classifier_info(network)->size;
    if (size != teacher->input.side)
        return error_set(error, "%s: a teacher for %d pixels, the student sees %d", path, size,
                         teacher->input.side);
    return image_classifier_fold(network, error) ? error_context(error, "%s", path) : 0;
}

/* Loads the files of a list with commas between its names, which is cut up. */
static int load_list(Teacher *teacher, char *list, Error *error) {
    for (char *rest = list, *path; (path = strsep(&rest, ","));)
        if (add_network(teacher, path, error))
            return -1;
    return 0;
}

Teacher *teacher_load(const char *paths, const FaceInput *input, Error *error) {
    Teacher *teacher = calloc(1, sizeof *teacher);
    char *list = strdup(paths);
    if (!teacher || !list || !(teacher->tape = tape_create())) {
        error_memory(error, "a teacher", sizeof *teacher);
    } else {
        teacher->input = *input;
        if (!load_list(teacher, list, error)) {
            free(list);
            return teacher;
        }
    }
    free(list);
    teacher_destroy(teacher);
    return NULL;
}

void teacher_destroy(Teacher *teacher) {
    if (!teacher)
        return;
    for (int i = 0; i < teacher->n_networks; i++)
        image_classifier_destroy(teacher->networks[i]);
    tape_destroy(teacher->tape);
    free(teacher);
}

/* ------------------------------------------------------------------ teaching */

/* Probabilities (n, EMOTION_COUNT) of one network; x was normalised for the student. */
static Tensor *probabilities(const Teacher *teacher, ImageClassifier *network, Tensor *x) {
    const ImageClassifierInfo *info = image_classifier_info(network);
    Tape *tape = teacher->tape;
    Tensor *seen = op_scale(tape, x, teacher->input.deviation / info->std,
                            (teacher->input.mean - info->mean) / info->std);
    Tensor *logits = image_classifier_forward(network, tape, seen);
    return op_softmax(tape, op_scale(tape, logits, 1 / info->temperature, 0));
}

int teacher_blend(Teacher *teacher, const float *x, int n, float weight, float *targets,
                  Error *error) {
    int count = n * EMOTION_COUNT;
    for (int i = 0; i < count; i++)
        targets[i] *= 1 - weight;
    float share = weight / (float)teacher->n_networks;
    for (int k = 0; k < teacher->n_networks; k++) {
        tape_begin(teacher->tape, TAPE_EVALUATE, rng_seed(0));
        Tensor *pictures = tape_input(teacher->tape, "faces",
                                      shape(n, teacher->input.side, teacher->input.side, 1), x);
        Tensor *opinion = probabilities(teacher, teacher->networks[k], pictures);
        if (tape_check(teacher->tape, error))
            return -1;
        for (int i = 0; i < count; i++)
            targets[i] += share * opinion->data[i];
    }
    return 0;
}
