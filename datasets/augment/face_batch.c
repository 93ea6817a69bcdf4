#include "datasets/augment/face_batch.h"

void face_batch_fill(const FaceSet *set, const uint32_t *indices, int n,
                     const Augmentation *augmentation, Rng rng, const FaceInput *input, float *x) {
    size_t size = (size_t)input->side * (size_t)input->side;
    /* Waking threads costs as much as a few faces do. */
#pragma omp parallel for schedule(static) if (n >= 8)
    for (int i = 0; i < n; i++) {
        const uint8_t *face = face_set_face(set, indices[i]);
        float *to = x + (size_t)i * size;
        if (augmentation)
            augment_face(augmentation, rng_split(rng, indices[i]), input, face, to);
        else
            face_input_views(input, FACE_VIEWS_ONE, face, to);
    }
}

void face_batch_labels(const FaceSet *set, const uint32_t *indices, int n, int32_t *labels) {
    for (int i = 0; i < n; i++)
        labels[i] = set->labels[indices[i]];
}

void face_batch_targets(const FaceSet *set, const uint32_t *indices, int n, float *targets) {
    for (int i = 0; i < n; i++)
        for (int code = 0; code < EMOTION_COUNT; code++)
            targets[i * EMOTION_COUNT + code] = set->labels[indices[i]] == code;
}
