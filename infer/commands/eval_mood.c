/* affekt eval mood: the accuracy of mood estimates. */
#include "datasets/corpus/mood_table.h"
#include "infer/commands/commands.h"
#include "infer/music/mood_model.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Settings {
    CommonSettings common;
    const char *model, *data;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_INPUT(
        Settings, data, "data", 'd', "LIST",
        "rated songs, as train mood takes them: folders of MIDI files with labels.csv, CSVs"),
    OPTION_INPUT(Settings, model, "model", 'm', "FILE", "the model (default: the shipped one)"),
    OPTION_FLAG(Settings, json, "json", "print the scores as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt eval mood",
    .positionals = "",
    .summary = "evaluates the estimates of songs' valence and arousal",
    .notes = "Songs that the model was fitted to tell nothing; train mood prints five folds of "
             "those.\nExample: affekt eval mood --data midi/vgmidi\n",
};

/* Estimates all songs of a table. */
static int score(const MoodModel *model, MoodSource source, const MoodTable *table,
                 MoodScore scores[MOOD_AXES], Error *error) {
    if (!mood_model_knows(model, source))
        return error_set(error, "the model does not support %s", mood_source_names[source]);
    float *estimates = malloc((size_t)table->n * MOOD_AXES * sizeof *estimates);
    if (!estimates)
        return error_memory(error, "estimates", (size_t)table->n * MOOD_AXES * sizeof *estimates);
    int status = 0;
    for (int i = 0; i < table->n && !status; i++) {
        const float *x = table->x + (size_t)i * (size_t)table->inputs;
        float features[AUDIO_FEATURES];
        for (int f = 0; f < AUDIO_FEATURES; f++)
            features[f] = NAN;
        for (int f = 0; f < table->inputs && source == MOOD_FROM_SOUND; f++)
            features[table->features[f]] = x[f];
        MoodEstimate mood =
            mood_model_estimate(model, source, source == MOOD_FROM_SOUND ? features : x);
        estimates[i * MOOD_AXES] = mood.valence;
        estimates[i * MOOD_AXES + 1] = mood.arousal;
        if (isnan(mood.valence))
            status = error_set(error, "the model needs features that the table has no column for");
    }
    if (!status)
        mood_score(estimates, table->y, table->n, scores);
    free(estimates);
    return status;
}

static int run(const Settings *settings, Error *error) {
    MoodTables tables = {0};
    MoodScores scores;
    MoodModel *model = mood_model_load(settings->model, error);
    int status =
        model ? mood_tables_read(&tables, settings->data, settings->common.quiet, error) : -1;
    if (!status && tables.notes.n)
        status = score(model, MOOD_FROM_NOTES, &tables.notes, scores.notes, error);
    if (!status && tables.sound.n)
        status = score(model, MOOD_FROM_SOUND, &tables.sound, scores.sound, error);
    if (!status)
        mood_scores_print(&tables, &scores, "songs", settings->json);
    mood_tables_free(&tables);
    mood_model_destroy(model);
    return status;
}

int eval_mood_command(int argc, char **argv) {
    Settings settings = {0};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.data)
        return options_wrong(&usage, "--data is missing: rated songs");
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
