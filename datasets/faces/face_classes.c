#include "datasets/faces/face_classes.h"

#include "datasets/faces/face_input.h"

int face_classes_match(const ImageClassifierInfo *info, const char *name,
                       Emotion meant[EMOTION_COUNT], Error *error) {
    unsigned seen = 0;
    if (info->size > FACE_SIDE)
        return error_set(error, "%s: the network's input has %d×%d pixels, a face only %d×%d", name,
                         info->size, info->size, FACE_SIDE, FACE_SIDE);
    if (info->n_classes != EMOTION_COUNT)
        return error_set(error, "%s: the network has %d classes, expected the %d emotions", name,
                         info->n_classes, EMOTION_COUNT);
    for (int i = 0; i < EMOTION_COUNT; i++) {
        int emotion = emotion_from_name(info->class_names[i]);
        if (emotion < 0)
            return error_set(error, "%s: the network's class '%s' is not a known emotion", name,
                             info->class_names[i]);
        if (seen & 1u << emotion)
            return error_set(error, "%s: two of the network's classes mean '%s'", name,
                             emotions[emotion].name);
        seen |= 1u << emotion;
        meant[i] = (Emotion)emotion;
    }
    return 0;
}
