/* Any bytes as a model file: every tensor that it offers must lie inside of it, and one that is
 * taken for a face model, a detector or a forest must run. */
#include "infer/faces/face_model.h"
#include "nn/io/safetensors.h"
#include "nn/models/box_network.h"
#include "nn/trees/forest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_entries(const SafetensorsFile *file, const uint8_t *bytes, size_t size) {
    for (int i = 0; i < safetensors_count(file); i++) {
        const SafetensorsEntry *entry = safetensors_at(file, i);
        size_t begin = (size_t)(entry->bytes - bytes);
        if (begin > size || entry->n_bytes > size - begin || !safetensors_find(file, entry->name))
            abort();
    }
}

static void ask_forest(const uint8_t *bytes, size_t size) {
    Forest *forest = forest_load_bytes(bytes, size, "fuzz", NULL);
    float *x = forest ? calloc((size_t)forest_inputs(forest), sizeof *x) : NULL;
    float probabilities[FOREST_CLASSES];
    if (x)
        forest_probabilities(forest, x, 1, probabilities);
    free(x);
    forest_destroy(forest);
}

static void ask_detector(const uint8_t *bytes, size_t size) {
    BoxNetwork *network = box_network_load_bytes(bytes, size, "fuzz", NULL);
    if (network && !box_network_fold(network, NULL)) {
        static float x[32 * 32];
        ScoredBox boxes[8];
        Tape *tape = tape_create();
        tape_begin(tape, TAPE_EVALUATE, rng_seed(0));
        const Tensor *values =
            box_network_forward(network, tape, tape_input(tape, "x", shape(1, 32, 32, 1), x));
        if (!tape_check(tape, NULL))
            (void)box_network_decode(values->data, 1, 0, 32, 32, 0.1f, 0.3f, boxes, 8);
        tape_destroy(tape);
    }
    box_network_destroy(network);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    SafetensorsFile *file = safetensors_open_bytes(bytes, size, "fuzz", NULL);
    if (!file)
        return 0;
    check_entries(file, bytes, size);
    safetensors_close(file);
    FaceModel *model =
        face_model_take(image_classifier_load_bytes(bytes, size, "fuzz", NULL), "fuzz", NULL);
    static const uint8_t face[FACE_PIXELS];
    float probabilities[EMOTION_COUNT];
    /* A network that gives no number says so. */
    if (model)
        (void)!face_model_look(model, (GreyView){face, FACE_SIDE, FACE_SIDE, FACE_SIDE},
                               FACE_VIEWS_ONE, probabilities, NULL);
    face_model_destroy(model);
    ask_forest(bytes, size);
    ask_detector(bytes, size);
    return 0;
}
