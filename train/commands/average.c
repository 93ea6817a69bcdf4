/* average.c: `affekt average`. */
#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/model_average.h"
#include "train/commands/commands.h"

typedef struct Settings {
    CommonSettings common;
    const char *out;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_OUTPUT(Settings, out, "out", 'o', "FILE", "the model file to write"),
    OPTION_FLAG(Settings, json, "json", "print the result as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt average",
    .positionals = "MODEL MODEL…",
    .summary = "averages the weights of several models",
    .notes =
        "A 'model soup' (Wortsman et al. 2022). It helps models that have a beginning in common:\n"
        "the last epochs of a run (--keep of train), or runs that went on from one model "
        "(--start).\n"
        "It ruins unrelated models: evaluate the mean. A face model is then uncalibrated:\n"
        "calibrate it again.\n"
        "Example: affekt average faces.epoch-0*.safetensors -o mean.safetensors\n",
};

static void tell(const Settings *settings, int n) {
    PlainText out;
    if (!settings->json) {
        printf("%s: the mean of %d models\n", plain_text(settings->out, &out), n);
        return;
    }
    json_t *json = json_pack("{s:o, s:i}", "model", json_text(settings->out), "models", n);
    json_dumpf(json, stdout, 0);
    printf("\n");
    json_decref(json);
}

int average_command(int argc, char **argv) {
    Settings settings = {.json = false};
    int n;
    int status = options_parse(&usage, options, &settings, argc, argv, &n);
    if (status != OPTIONS_RUN)
        return status;
    if (n < 2)
        return options_wrong(&usage, "expected at least two MODELs, not %d", n);
    if (!settings.out)
        return options_wrong(&usage, "--out is missing: the model file to write");
    threads_use(settings.common.threads);
    Error error;
    if (!(status = model_average(argv, n, settings.out, &error)))
        tell(&settings, n);
    return command_status(&usage, status, &error);
}
