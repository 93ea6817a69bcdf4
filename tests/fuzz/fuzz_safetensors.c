/* Any bytes as a model file: every tensor that it offers must lie inside of it, and one that is
 * taken for a face model must run. */
#include "infer/faces/face_model.h"
#include "nn/io/safetensors.h"

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
                               probabilities, NULL);
    face_model_destroy(model);
    return 0;
}
