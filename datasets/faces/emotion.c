#include "datasets/faces/emotion.h"

#include "nn/base/arg_max.h"

#include <strings.h>

const EmotionInfo emotions[EMOTION_COUNT] = {
    [EMOTION_ANGRY] = {"angry", -0.51f, 0.59f, {"anger", "mad"}},
    [EMOTION_DISGUST] = {"disgust", -0.60f, 0.35f, {"disgusted"}},
    [EMOTION_FEAR] = {"fear", -0.64f, 0.60f, {"fearful", "afraid", "scared"}},
    [EMOTION_HAPPY] = {"happy", 0.81f, 0.51f, {"happiness", "joy", "joyful", "smile"}},
    [EMOTION_SAD] = {"sad", -0.63f, -0.27f, {"sadness", "unhappy"}},
    [EMOTION_SURPRISE] = {"surprise", 0.40f, 0.67f, {"surprised"}},
    [EMOTION_NEUTRAL] = {"neutral", 0.0f, 0.0f, {"neutrality", "natural", "calm"}},
};

static int means(const EmotionInfo *emotion, const char *name) {
    if (!strcasecmp(emotion->name, name))
        return 1;
    for (int i = 0; i < EMOTION_SPELLINGS && emotion->spellings[i]; i++)
        if (!strcasecmp(emotion->spellings[i], name))
            return 1;
    return 0;
}

int emotion_from_name(const char *name) {
    if (name[0] >= '0' && name[0] < '0' + EMOTION_COUNT && !name[1])
        return name[0] - '0';
    for (int code = 0; code < EMOTION_COUNT; code++)
        if (means(&emotions[code], name))
            return code;
    return -1;
}

Emotion emotion_most_probable(const float probabilities[EMOTION_COUNT]) {
    return (Emotion)arg_max(probabilities, EMOTION_COUNT);
}
