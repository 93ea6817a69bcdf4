/* affekt show: the contents of one of our files. */
#include "datasets/draw/piano_roll.h"
#include "datasets/music/midi.h"
#include "datasets/music/midi_show.h"
#include "infer/commands/commands.h"
#include "infer/inspect/model_show.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/file.h"

#include <string.h>

typedef struct Settings {
    CommonSettings common;
    const char *out;
    bool json, tokens;
} Settings;

static const Option options[] = {
    OPTION_FLAG(Settings, json, "json", "print it as JSON"),
    OPTION_FLAG(Settings, tokens, "tokens", "of a MIDI file, also the tokens that it becomes"),
    OPTION_OUTPUT(Settings, out, "out", 'o', "OUT.png", "of a MIDI file, also draw its piano roll"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt show",
    .positionals = "FILE",
    .summary = "prints what is in a model file, a checkpoint or a MIDI file",
    .notes = "Example: affekt show song.mid --out song.png\n",
};

static int draw(const char *path, const char *picture, Error *error) {
    Song *song = midi_read(path, error);
    if (!song)
        return -1;
    char title[64];
    snprintf(title, sizeof title, "%.1f s, %d note%s", song->seconds, song->n_notes,
             song->n_notes == 1 ? "" : "s");
    int status = piano_roll_write(song, &(PianoRoll){.title = title}, picture, error);
    song_free(song);
    return status;
}

static int show(const char *path, const Settings *settings, Error *error) {
    if (!midi_is_file(path)) {
        if (settings->out)
            return error_set(error, "%s is not a MIDI file: --out draws only those", path);
        if (settings->tokens)
            return error_set(error, "%s is not a MIDI file: --tokens lists only theirs", path);
        return model_show(path, settings->json, stdout, error);
    }
    if (midi_show(path, settings->json, settings->tokens, stdout, error))
        return -1;
    return settings->out ? draw(path, settings->out, error) : 0;
}

int show_command(int argc, char **argv) {
    Settings settings = {.json = false};
    int n_files;
    int status = options_parse(&usage, options, &settings, argc, argv, &n_files);
    if (status != OPTIONS_RUN)
        return status;
    if (n_files != 1)
        return options_wrong(&usage, "expected one FILE, not %d", n_files);
    if (settings.out && !file_has_suffix(settings.out, ".png"))
        return options_wrong(&usage, "--out: '%s' is the picture's name and must end in .png",
                             settings.out);
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, show(argv[0], &settings, &error), &error);
}
