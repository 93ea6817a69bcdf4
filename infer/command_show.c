/* affekt show: what a file of ours holds. */
#include "datasets/midi_show.h"
#include "infer/commands.h"
#include "infer/model_show.h"
#include "nn/base/file.h"
#include "nn/base/options.h"
#include "nn/base/threads.h"

#include <string.h>
#include <strings.h>

typedef struct Settings {
    CommonSettings common;
    bool json, tokens;
} Settings;

static const Option options[] = {
    OPTION_FLAG(Settings, json, "json", "print it as JSON"),
    OPTION_FLAG(Settings, tokens, "tokens", "of a MIDI file, also the tokens that it becomes"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "show",
    .positionals = "FILE",
    .summary = "prints what is in a model file, a checkpoint or a MIDI file",
};

/* By its first bytes, or by its name, so that a broken one is complained of as MIDI. */
static bool is_midi(const char *path) {
    char start[4] = "";
    FILE *stream = file_open(path, NULL);
    bool magic = stream && fread(start, 1, 4, stream) == 4 && !memcmp(start, "MThd", 4);
    if (stream)
        fclose(stream);
    const char *suffix = strrchr(path, '.');
    return magic || (suffix && (!strcasecmp(suffix, ".mid") || !strcasecmp(suffix, ".midi")));
}

static int show(const char *path, const Settings *settings, Error *error) {
    if (is_midi(path))
        return midi_show(path, settings->json, settings->tokens, stdout, error);
    return model_show(path, settings->json, stdout, error);
}

int show_command(int argc, char **argv) {
    Settings settings = {.json = false};
    int n_files;
    int status = options_parse(&usage, options, &settings, argc, argv, &n_files);
    if (status != OPTIONS_RUN)
        return status;
    if (n_files != 1)
        return options_wrong(&usage, "expected one FILE, not %d", n_files);
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, show(argv[0], &settings, &error), &error);
}
