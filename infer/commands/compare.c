/* affekt compare: the differences between two models. */
#include "infer/commands/commands.h"
#include "infer/inspect/model_compare.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"

typedef struct Settings {
    CommonSettings common;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_FLAG(Settings, json, "json", "print the comparison as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt compare",
    .positionals = "A B",
    .summary = "prints what differs between two model files: settings and weights",
    .notes = "Example: affekt compare before.safetensors after.safetensors\n",
};

int compare_command(int argc, char **argv) {
    Settings settings = {.json = false};
    int n_files;
    int status = options_parse(&usage, options, &settings, argc, argv, &n_files);
    if (status != OPTIONS_RUN)
        return status;
    if (n_files != 2)
        return options_wrong(&usage, "expected two model files, not %d", n_files);
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, model_compare(argv[0], argv[1], settings.json, stdout, &error),
                          &error);
}
