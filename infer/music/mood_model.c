#include "infer/music/mood_model.h"

#include "infer/models/shipped.h"
#include "nn/base/fnv1a.h"
#include "nn/base/text_list.h"
#include "nn/models/kernel_regression.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const mood_source_names[MOOD_SOURCES] = {"notes", "sound"};

enum { VALENCE, AROUSAL, AXES };
static const char *const axes[AXES] = {"valence", "arousal"};

typedef struct Head {
    KernelRegression *regression; /* NULL where the file has none */
    int *inputs;                  /* (n) indices into the features; NULL for all, in order */
    float deviation[AXES];
} Head;

struct MoodModel {
    Head heads[MOOD_SOURCES];
    uint64_t number;
};

/* ------------------------------------------------------------------ loading */

static int read_deviations(Head *head, const SafetensorsFile *file, const char *source,
                           Error *error) {
    for (int axis = 0; axis < AXES; axis++) {
        char key[64];
        double deviation;
        snprintf(key, sizeof key, "%s.%s_deviation", source, axes[axis]);
        if (safetensors_number(file, key, 1e-3, 10, &deviation, error))
            return -1;
        head->deviation[axis] = (float)deviation;
    }
    return 0;
}

static int choose_inputs(Head *head, const SafetensorsFile *file, Error *error) {
    const char *list = safetensors_metadata(file, "sound.inputs");
    int count = 0, status = 0;
    char **names = text_list_split(list ? list : "", &count, error);
    if (!names)
        return error_context(error, "%s: 'sound.inputs'", safetensors_name(file));
    head->inputs = calloc((size_t)count, sizeof *head->inputs);
    if (!head->inputs)
        status = error_memory(error, "a mood model", (size_t)count * sizeof *head->inputs);
    for (int i = 0; i < count && !status; i++)
        if ((head->inputs[i] = audio_feature_by_name(names[i])) < 0)
            status =
                error_set(error, "%s: no feature is called '%s'", safetensors_name(file), names[i]);
    int expected = kernel_regression_inputs(head->regression);
    if (!status && (count != expected || count > AUDIO_FEATURES))
        status = error_set(error, "%s: %d names of %d inputs, of which there are at most %d",
                           safetensors_name(file), count, expected, AUDIO_FEATURES);
    free(names);
    return status;
}

static int read_head(Head *head, MoodSource source, const SafetensorsFile *file, Error *error) {
    const char *name = mood_source_names[source];
    char rows[32];
    snprintf(rows, sizeof rows, "%s.rows", name);
    if (!safetensors_find(file, rows))
        return 0;
    head->regression = kernel_regression_read(file, name, error);
    if (!head->regression)
        return -1;
    if (kernel_regression_outputs(head->regression) != AXES)
        return error_set(error, "%s: '%s' predicts %d values, expected 2", safetensors_name(file),
                         name, kernel_regression_outputs(head->regression));
    if (source == MOOD_FROM_SOUND)
        return choose_inputs(head, file, error) ? -1 : read_deviations(head, file, name, error);
    if (kernel_regression_inputs(head->regression) != MUSIC_FEATURES)
        return error_set(error, "%s: '%s' takes %d features, expected %d", safetensors_name(file),
                         name, kernel_regression_inputs(head->regression), MUSIC_FEATURES);
    return read_deviations(head, file, name, error);
}

/* Of all that the file holds. */
static uint64_t number_of(const SafetensorsFile *file) {
    uint64_t hash = FNV1A_START;
    for (int i = 0; i < safetensors_count(file); i++) {
        const SafetensorsEntry *entry = safetensors_at(file, i);
        hash = fnv1a(hash, entry->bytes, entry->n_bytes);
    }
    return hash;
}

static int read_file(MoodModel *model, const SafetensorsFile *file, Error *error) {
    if (safetensors_expect_kind(file, "mood", error))
        return -1;
    for (int source = 0; source < MOOD_SOURCES; source++)
        if (read_head(&model->heads[source], (MoodSource)source, file, error))
            return -1;
    model->number = number_of(file);
    return 0;
}

MoodModel *mood_model_load(const char *path, Error *error) {
    char shipped[SHIPPED_PATH];
    const char *chosen = shipped_or(path, SHIPPED_MOOD, shipped, error);
    SafetensorsFile *file = chosen ? safetensors_open(chosen, error) : NULL;
    if (!file)
        return NULL;
    MoodModel *model = calloc(1, sizeof *model);
    int status =
        model ? read_file(model, file, error) : error_memory(error, "a mood model", sizeof *model);
    safetensors_close(file);
    if (!status)
        return model;
    mood_model_destroy(model);
    return NULL;
}

void mood_model_destroy(MoodModel *model) {
    if (!model)
        return;
    for (int source = 0; source < MOOD_SOURCES; source++) {
        kernel_regression_destroy(model->heads[source].regression);
        free(model->heads[source].inputs);
    }
    free(model);
}

/* ------------------------------------------------------------------ use */

uint64_t mood_model_number(const MoodModel *model) {
    return model->number;
}

bool mood_model_knows(const MoodModel *model, MoodSource source) {
    return model->heads[source].regression != NULL;
}

MoodEstimate mood_model_estimate(const MoodModel *model, MoodSource source, const float *features) {
    const Head *head = &model->heads[source];
    float chosen[AUDIO_FEATURES], mood[AXES];
    if (head->inputs) {
        int count = kernel_regression_inputs(head->regression);
        for (int i = 0; i < count; i++)
            chosen[i] = features[head->inputs[i]];
        /* A prediction bounds its inputs, which would make a number of one that is missing. */
        if (first_not_finite(chosen, (size_t)count) >= 0)
            return (MoodEstimate){NAN, NAN, NAN, NAN};
        features = chosen;
    }
    kernel_regression_predict(head->regression, features, mood);
    return (MoodEstimate){.valence = fminf(fmaxf(mood[VALENCE], -1), 1),
                          .arousal = fminf(fmaxf(mood[AROUSAL], -1), 1),
                          .valence_deviation = head->deviation[VALENCE],
                          .arousal_deviation = head->deviation[AROUSAL]};
}
