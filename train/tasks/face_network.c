#include "train/tasks/face_network.h"

#include "datasets/faces/face_classes.h"

static int check(ImageClassifier *network, const char *path, Error *error) {
    Emotion meant[EMOTION_COUNT];
    if (face_classes_match(image_classifier_info(network), path, meant, error))
        return -1;
    for (int i = 0; i < EMOTION_COUNT; i++)
        if (meant[i] != (Emotion)i)
            return error_set(error,
                             "%s: its classes are in another order than the labels, which go from "
                             "%s to %s",
                             path, emotions[0].name, emotions[EMOTION_COUNT - 1].name);
    return 0;
}

ImageClassifier *face_network_load(const char *path, Error *error) {
    ImageClassifier *network = image_classifier_load(path, error);
    if (!network || !check(network, path, error))
        return network;
    image_classifier_destroy(network);
    return NULL;
}
