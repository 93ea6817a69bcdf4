/* affekt show: what a file of ours holds. */
#include "infer/commands.h"
#include "infer/model_show.h"
#include "nn/base/options.h"
#include "nn/base/threads.h"

typedef struct Settings {
    CommonSettings common;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_FLAG(Settings, json, "json", "print it as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "show",
    .positionals = "FILE",
    .summary = "prints what is in a model file or a checkpoint",
};

int show_command(int argc, char **argv) {
    Settings settings = {.json = false};
    int n_files;
    switch (options_parse(&usage, options, &settings, argc, argv, &n_files)) {
    case OPTIONS_HELP:
        return EXIT_DONE;
    case OPTIONS_WRONG:
        return EXIT_USAGE;
    case OPTIONS_RUN:
        break;
    }
    if (n_files != 1)
        return options_wrong(&usage, "expected one FILE, not %d", n_files);
    threads_use(settings.common.threads);
    Error error;
    if (model_show(argv[0], settings.json, stdout, &error)) {
        fprintf(stderr, "affekt show: %s\n", error.message);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}
