#include "datasets/music_condition.h"

#include <math.h>
#include <stdbool.h>

static float clamp(float value) {
    return fminf(fmaxf(value, -1), 1);
}

void music_condition_fill(float valence, float arousal, int genre, int n_genres, float *features) {
    bool known = !isnan(valence) && !isnan(arousal);
    features[0] = known;
    features[1] = known ? clamp(valence) : 0;
    features[2] = known ? clamp(arousal) : 0;
    int chosen = genre >= 0 && genre < n_genres ? genre : 0;
    for (int g = 0; g < n_genres; g++)
        features[3 + g] = g == chosen;
}
