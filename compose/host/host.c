#include "compose/host/host.h"

#include "datasets/faces/emotion.h"

#include <stdio.h>

const char *affekt_version(void) {
    return AFFEKT_VERSION;
}

int host_error(affekt_error *to, const Error *from) {
    if (to)
        snprintf(to->message, sizeof to->message, "%s", from->message);
    return -1;
}

const char *affekt_emotion_name(int emotion) {
    return emotion >= 0 && emotion < EMOTION_COUNT ? emotions[emotion].name : NULL;
}

int affekt_emotion_from_name(const char *name) {
    return emotion_from_name(name);
}
