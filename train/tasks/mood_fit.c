#include "train/tasks/mood_fit.h"

#include "nn/base/json_text.h"
#include "nn/io/safetensors.h"

#include <stdlib.h>
#include <string.h>

static int fold_of(uint64_t song) {
    return (int)((song * 0x9e3779b97f4a7c15 >> 32) % MOOD_FOLDS);
}

static int estimate_fold(const MoodTable *table, KernelRegressionSettings settings, int fold,
                         float *x, float *y, float *estimates, Error *error) {
    int known = 0;
    size_t inputs = (size_t)table->inputs;
    for (int i = 0; i < table->n; i++) {
        if (fold_of(table->songs[i]) == fold)
            continue;
        memcpy(x + (size_t)known * inputs, table->x + (size_t)i * inputs, inputs * sizeof *x);
        memcpy(y + known * MOOD_AXES, table->y + (size_t)i * MOOD_AXES, MOOD_AXES * sizeof *y);
        known++;
    }
    KernelRegression *regression =
        kernel_regression_fit(x, y, known, table->inputs, MOOD_AXES, settings, error);
    if (!regression)
        return -1;
    for (int i = 0; i < table->n; i++)
        if (fold_of(table->songs[i]) == fold)
            kernel_regression_predict(regression, table->x + (size_t)i * inputs,
                                      estimates + (size_t)i * MOOD_AXES);
    kernel_regression_destroy(regression);
    return 0;
}

int mood_folds(const MoodTable *table, KernelRegressionSettings settings,
               MoodScore scores[MOOD_AXES], Error *error) {
    size_t n = (size_t)table->n, values = n * (size_t)table->inputs;
    float *x = malloc(values * sizeof *x), *y = malloc(n * MOOD_AXES * sizeof *y),
          *estimates = malloc(n * MOOD_AXES * sizeof *estimates);
    int status = x && y && estimates ? 0 : error_memory(error, "folds", values * sizeof *x);
    for (int fold = 0; fold < MOOD_FOLDS && !status; fold++)
        status = estimate_fold(table, settings, fold, x, y, estimates, error);
    if (!status)
        mood_score(estimates, table->y, table->n, scores);
    free(x);
    free(y);
    free(estimates);
    return status;
}

/* ------------------------------------------------------------------ the model's file */

static void put_number(json_t *metadata, const char *source, const char *key, double value) {
    char name[64];
    snprintf(name, sizeof name, "%s.%s", source, key);
    json_object_set_new(metadata, name, json_sprintf("%.4f", value));
}

static void describe(json_t *metadata, const char *source, const MoodTable *table,
                     const MoodScore scores[MOOD_AXES], KernelRegressionSettings settings) {
    put_number(metadata, source, "valence_deviation", scores[0].deviation);
    put_number(metadata, source, "arousal_deviation", scores[1].deviation);
    put_number(metadata, source, "valence_correlation", scores[0].correlation);
    put_number(metadata, source, "arousal_correlation", scores[1].correlation);
    put_number(metadata, source, "songs", table->n);
    put_number(metadata, source, "penalty", (double)settings.penalty);
}

static void list_inputs(json_t *metadata, const MoodTable *table) {
    char list[AUDIO_FEATURES * (AUDIO_FEATURE_NAME + 1)] = "", name[AUDIO_FEATURE_NAME];
    size_t used = 0;
    for (int i = 0; i < table->inputs; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? "," : "",
                                 audio_feature_name(table->features[i], name));
    json_object_set_new(metadata, "sound.inputs", json_string(list));
}

static KernelRegression *fit_source(const MoodTable *table, const char *source,
                                    KernelRegressionSettings settings, MoodScore scores[MOOD_AXES],
                                    json_t *metadata, Error *error) {
    if (mood_folds(table, settings, scores, error))
        return NULL;
    KernelRegression *regression = kernel_regression_fit(table->x, table->y, table->n,
                                                         table->inputs, MOOD_AXES, settings, error);
    if (regression && kernel_regression_name(regression, source, error)) {
        kernel_regression_destroy(regression);
        return NULL;
    }
    describe(metadata, source, table, scores, settings);
    return regression;
}

int mood_fit(MoodFit *fit, const char *out, Error *error) {
    json_t *metadata =
        json_pack("{s:s, s:o}", "kind", "mood", "training.data", json_text(fit->data));
    KernelRegression *notes = NULL, *sound = NULL;
    int status = metadata ? 0 : error_memory(error, "a model's metadata", 0);
    if (!status && fit->notes && fit->notes->n) {
        notes = fit_source(fit->notes, "notes", fit->notes_settings, fit->scores.notes, metadata,
                           error);
        status = notes ? 0 : -1;
    }
    if (!status && fit->sound && fit->sound->n) {
        sound = fit_source(fit->sound, "sound", fit->sound_settings, fit->scores.sound, metadata,
                           error);
        status = sound ? 0 : -1;
        list_inputs(metadata, fit->sound);
    }
    const Parameters *groups[] = {notes ? kernel_regression_parameters(notes) : NULL,
                                  sound ? kernel_regression_parameters(sound) : NULL};
    if (!status)
        status = safetensors_save(out, SAFETENSORS_HALF, 2, groups, metadata, error);
    kernel_regression_destroy(notes);
    kernel_regression_destroy(sound);
    json_decref(metadata);
    return status;
}
