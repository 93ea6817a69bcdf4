#include "train/tasks/face_network.h"

#include "datasets/faces/emotion.h"

#include <string.h>

ImageClassifier *face_network_load(const char *path, Error *error) {
    ImageClassifier *network = image_classifier_load(path, error);
    if (!network)
        return NULL;
    const ImageClassifierInfo *info = image_classifier_info(network);
    bool ours = info->n_classes == EMOTION_COUNT;
    for (int i = 0; ours && i < EMOTION_COUNT; i++)
        ours = !strcmp(info->class_names[i], emotions[i].name);
    if (ours)
        return network;
    error_set(error, "%s: its classes are not the seven emotions in our order, from %s to %s", path,
              emotions[0].name, emotions[EMOTION_COUNT - 1].name);
    image_classifier_destroy(network);
    return NULL;
}
