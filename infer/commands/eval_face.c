/* affekt eval face: how good a face model is on a split it was not trained on. */
#include "infer/commands/commands.h"
#include "infer/commands/labelled_faces.h"
#include "infer/commands/watcher_options.h"
#include "infer/evaluate/evaluation_report.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/io/file.h"

#include <string.h>

typedef struct Settings {
    CommonSettings common;
    LabelledFaces faces;
    const char *model, *tta, *out, *predictions;
    bool json;
} Settings;

static const char *const view_names[] = {
    [FACE_VIEWS_ONE] = "none", [FACE_VIEWS_FLIP] = "flip", [FACE_VIEWS_TEN] = "ten-crop", NULL};

static const Option options[] = {
    OPTION_FACE_MODEL(Settings, model),
    LABELLED_FACES_OPTIONS(Settings, faces),
    OPTION_CHOICE(Settings, tta, "tta", "VIEWS", view_names,
                  "test-time augmentation: average over several views"),
    OPTION_OUTPUT(Settings, out, "out", 'o', "DIR",
                  "write metrics.json, confusion.csv and figures (PNG, SVG, PDF) there"),
    OPTION_OUTPUT(Settings, predictions, "predictions", 0, "FILE.csv",
                  "write each face's probabilities as CSV"),
    OPTION_FLAG(Settings, json, "json", "print the figures as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt eval face",
    .positionals = "",
    .summary = "evaluates a face model on labelled faces",
    .notes = "Deduplicated figures leave out faces whose pixels occur in another split too.\n"
             "Choose on PublicTest; score PrivateTest once, at the end.\n",
};

static int tell(const EvaluationReport *report, const Settings *settings, Error *error) {
    if (settings->out && evaluation_report_write(report, settings->out, error))
        return -1;
    PlainText name;
    if (settings->out && !settings->common.quiet)
        fprintf(stderr,
                "%s: wrote metrics.json, confusion.csv and the figures confusion, "
                "confusion-normalised and reliability (.png, .svg, .pdf)\n",
                plain_text(settings->out, &name));
    if (!settings->json) {
        evaluation_report_print(report, stdout);
        return 0;
    }
    return evaluation_report_print_json(report, stdout, error);
}

static int evaluate(const Settings *settings, Error *error) {
    if ((settings->out && directory_create(settings->out, error)) ||
        (settings->predictions && file_try(settings->predictions, error)))
        return -1;
    FaceModel *model = face_model_load(settings->model, error);
    if (!model)
        return -1;
    int status = -1;
    Evaluation *evaluation = labelled_faces_evaluate(
        &settings->faces, model, (FaceViews)choice_index(view_names, settings->tta),
        settings->common.quiet, error);
    EvaluationReport report = {.model = face_model_name(model),
                               .data = settings->faces.data,
                               .views = settings->tta,
                               .votes = settings->faces.votes};
    if (evaluation && !evaluation_measure_unshared(evaluation, &report.unshared, error)) {
        report.split = evaluation_split_name(evaluation);
        report.all = evaluation_measure(evaluation);
        status = tell(&report, settings, error);
        if (!status && settings->predictions)
            status = evaluation_write(evaluation, settings->predictions, error);
    }
    evaluation_destroy(evaluation);
    face_model_destroy(model);
    return status;
}

int eval_face_command(int argc, char **argv) {
    Settings settings = {.faces = LABELLED_FACES_DEFAULTS, .tta = view_names[FACE_VIEWS_ONE]};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    settings.faces.numbered = settings.predictions != NULL;
    if (!labelled_faces_check(&settings.faces, &usage))
        return EXIT_USAGE;
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, evaluate(&settings, &error), &error);
}
