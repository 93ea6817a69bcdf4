/* affekt train mood: fits the estimator of a song's mood. */
#include "nn/base/text_list.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/file.h"
#include "train/commands/commands.h"
#include "train/tasks/mood_fit.h"

#include <stdlib.h>
#include <string.h>

typedef struct Settings {
    CommonSettings common;
    const char *data, *out;
    float notes_sharpness, notes_penalty, sound_sharpness, sound_penalty;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_INPUT(Settings, data, "data", 'd', "LIST",
                 "what to learn from, separated by commas: folders of MIDI files with labels.csv, "
                 "CSVs of audio features, CSVs that name audio files"),
    OPTION_OUTPUT(Settings, out, "out", 'o', "FILE", "where to write the model"),
    OPTION_FLOAT(Settings, notes_sharpness, "notes-sharpness", "F", 0.001, 100,
                 "sharpness of the Gaussian kernel between MIDI pieces"),
    OPTION_FLOAT(Settings, notes_penalty, "notes-penalty", "F", 0.001, 1000,
                 "noise variance of their ratings, relative to the kernel"),
    OPTION_FLOAT(Settings, sound_sharpness, "sound-sharpness", "F", 0.001, 100,
                 "sharpness of the kernel between audio files"),
    OPTION_FLOAT(Settings, sound_penalty, "sound-penalty", "F", 0.001, 1000,
                 "noise variance of their ratings"),
    OPTION_FLAG(Settings, json, "json", "print the scores as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt train mood",
    .positionals = "",
    .summary = "fits the estimator of a song's valence and arousal to people's ratings",
    .notes = "Example: affekt train mood --data midi/emopia,deam_features.csv -o mood.safetensors\n"
             "A CSV that names audio files has columns file, valence and arousal (-1 … 1).\n"
             "The scores are of five folds: songs that the fit did not see.\n",
};

static int run(const Settings *settings, Error *error) {
    MoodTables tables = {0};
    int status = file_try(settings->out, error);
    if (!status)
        status = mood_tables_read(&tables, settings->data, settings->common.quiet, error);
    char *data = status ? NULL : strdup(settings->data);
    if (!status && !data)
        status = error_memory(error, "the names of the data", strlen(settings->data));
    if (data)
        text_list_drop_folders(data);
    MoodFit fit = {.notes = &tables.notes,
                   .sound = &tables.sound,
                   .notes_settings = {settings->notes_sharpness, settings->notes_penalty},
                   .sound_settings = {settings->sound_sharpness, settings->sound_penalty},
                   .data = data};
    if (!status)
        status = mood_fit(&fit, settings->out, error);
    if (!status)
        mood_scores_print(&tables, &fit.scores, "songs, five folds", settings->json);
    mood_tables_free(&tables);
    free(data);
    return status;
}

int train_mood_command(int argc, char **argv) {
    Settings settings = {.notes_sharpness = 0.3f,
                         .notes_penalty = 1,
                         .sound_sharpness = 0.3f,
                         .sound_penalty = 0.3f};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.data || !settings.out)
        return options_wrong(&usage, "give --data and --out");
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
