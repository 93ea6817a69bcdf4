#include "datasets/music/music_condition.h"

#include "datasets/music/music_tokens.h"
#include "nn/base/json_text.h"

#include <math.h>
#include <string.h>

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

void music_condition_describe(json_t *metadata, const char *const *genres, int n_genres) {
    json_t *names = json_string("");
    for (int g = 0; g < n_genres; g++) {
        json_t *genre = json_text(genres[g]);
        json_t *longer = json_sprintf("%s%s%s", json_string_value(names), g ? "," : "",
                                      json_string_value(genre));
        json_decref(genre);
        json_decref(names);
        names = longer;
    }
    json_object_set_new(metadata, "genres", names);
    json_object_set_new(metadata, "music_language", json_sprintf("%d", MUSIC_LANGUAGE));
}

int music_condition_check(const SafetensorsFile *file, const char *const *genres, int n_genres,
                          Error *error) {
    json_t *expected = json_object();
    music_condition_describe(expected, genres, n_genres);
    const char *key;
    json_t *value;
    int status = 0;
    json_object_foreach(expected, key, value) {
        const char *found = safetensors_metadata(file, key);
        if (!status && (!found || strcmp(found, json_string_value(value))))
            status =
                error_set(error, "%s: metadata '%s' is '%s', expected '%s'", safetensors_name(file),
                          key, found ? found : "(missing)", json_string_value(value));
    }
    json_decref(expected);
    return status;
}
