#include "datasets/faces/face_network.h"

#include "datasets/faces/face_set.h"

#include <string.h>

/* outputs[e] = the output that means emotion e. */
static int match_classes(const ImageClassifierInfo *info, const char *name, int *outputs,
                         Error *error) {
    if (info->n_classes != EMOTION_COUNT)
        return error_set(error, "%s: the network has %d classes, expected the %d emotions", name,
                         info->n_classes, EMOTION_COUNT);
    unsigned seen = 0;
    for (int i = 0; i < EMOTION_COUNT; i++) {
        int emotion = emotion_from_name(info->class_names[i]);
        if (emotion < 0)
            return error_set(error, "%s: the network's class '%s' is not a known emotion", name,
                             info->class_names[i]);
        if (seen & 1u << emotion)
            return error_set(error, "%s: two of the network's classes mean '%s'", name,
                             emotions[emotion].name);
        seen |= 1u << emotion;
        outputs[emotion] = i;
    }
    return 0;
}

int face_network_settle(ImageClassifier *network, const char *name, Error *error) {
    ImageClassifierInfo *info = image_classifier_info(network);
    int outputs[EMOTION_COUNT];
    if (info->size > FACE_SIDE)
        return error_set(error, "%s: the network's input has %d×%d pixels, a face only %d×%d", name,
                         info->size, info->size, FACE_SIDE, FACE_SIDE);
    if (match_classes(info, name, outputs, error))
        return -1;
    if (image_classifier_order(network, outputs, error))
        return error_context(error, "%s", name);
    for (int i = 0; i < EMOTION_COUNT; i++)
        strcpy(info->class_names[i], emotions[i].name);
    return 0;
}

ImageClassifier *face_network_load(const char *path, Error *error) {
    ImageClassifier *network = image_classifier_load(path, error);
    if (network && face_network_settle(network, path, error)) {
        image_classifier_destroy(network);
        return NULL;
    }
    return network;
}
