/* affekt calibrate: calibrates a face model's confidence by the temperature in its file. */
#include "infer/commands/commands.h"
#include "infer/commands/labelled_faces.h"
#include "nn/base/number.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/safetensors.h"
#include "nn/models/image_classifier.h"

#include <stdio.h>

typedef struct Settings {
    CommonSettings common;
    LabelledFaces faces;
    bool half, json;
} Settings;

static const Option options[] = {
    LABELLED_FACES_OPTIONS(Settings, faces),
    OPTION_FLAG(Settings, half, "half", "also round the weights to 16 bits: half the file"),
    OPTION_FLAG(Settings, json, "json", "print the figures as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt calibrate",
    .positionals = "MODEL",
    .summary = "fits a face model's temperature and stores it in the model file",
    .notes = "Divides the logits by the one number that makes the labels of the split, or with\n"
             "--votes the voters' majorities, most likely (Guo et al. 2017). Accuracy stays;\n"
             "confidence comes to mean how often it is right. Use a split that the model was not\n"
             "trained on, and not the one it is scored on.\n",
};

typedef struct Calibration {
    char split[64]; /* whose faces it was fitted on, and by what */
    double temperature;
    Metrics before, after;
} Calibration;

/* Measures, fits, and measures again as if the fitted temperature had been there. */
static double fit(Evaluation *evaluation, Calibration *result) {
    double factor =
        metrics_fit_temperature(evaluation->probabilities, evaluation->labels, evaluation->count);
    result->before = evaluation_measure(evaluation);
    for (uint32_t i = 0; i < evaluation->count; i++) {
        float *row = evaluation->probabilities + (size_t)i * EMOTION_COUNT;
        metrics_apply_temperature(factor, row, row);
    }
    result->after = evaluation_measure(evaluation);
    return factor;
}

/* The network of the file; with `half`, as its rounded weights make it. */
static ImageClassifier *load(const char *path, bool half, Error *error) {
    ImageClassifier *classifier = image_classifier_load(path, error);
    if (classifier && half) {
        image_classifier_info(classifier)->precision = SAFETENSORS_HALF;
        safetensors_round(image_classifier_parameters(classifier), SAFETENSORS_HALF);
    }
    return classifier;
}

/* Writes the model file anew with another temperature, fitted on `split`, and with `half` with
 * rounded weights; all else stays. */
static int store(const char *path, const char *split, double temperature, bool half, Error *error) {
    SafetensorsFile *file = safetensors_open(path, error);
    ImageClassifier *classifier = file ? load(path, half, error) : NULL;
    int status = -1;
    if (classifier) {
        json_t *metadata = json_copy((json_t *)safetensors_all_metadata(file));
        json_object_set_new(metadata, "temperature_fitted_on", json_string(split));
        image_classifier_info(classifier)->temperature = (float)temperature;
        status = metadata ? image_classifier_save(classifier, path, metadata, error)
                          : error_memory(error, "the metadata", 0);
        json_decref(metadata);
    }
    image_classifier_destroy(classifier);
    safetensors_close(file);
    return status;
}

static void tell(const Calibration *result, const Settings *settings, const char *path) {
    if (settings->json)
        number_print(stdout,
                     "{\"n\": %u, \"temperature\": %.6g, \"nll_before\": %.6g, \"nll\": %.6g, "
                     "\"ece_before\": %.6g, \"ece\": %.6g}\n",
                     result->after.n, result->temperature, result->before.nll, result->after.nll,
                     result->before.ece, result->after.ece);
    else
        printf("%s: temperature %.4f from %u faces, split %s\n"
               "negative log likelihood %.4f → %.4f, calibration error %.4f → %.4f\n",
               path, result->temperature, result->after.n, result->split, result->before.nll,
               result->after.nll, result->before.ece, result->after.ece);
}

/* The file is touched once all has gone well. */
static int calibrate(const char *path, const Settings *settings, Error *error) {
    ImageClassifier *classifier = load(path, settings->half, error);
    double temperature = classifier ? image_classifier_info(classifier)->temperature : 1;
    FaceModel *model = face_model_take(classifier, path, error);
    Evaluation *evaluation = model
                                 ? labelled_faces_evaluate(&settings->faces, model, FACE_VIEWS_ONE,
                                                           settings->common.quiet, error)
                                 : NULL;
    Calibration result = {0};
    int status = -1;
    if (evaluation) {
        snprintf(result.split, sizeof result.split, "%s%s", evaluation_split_name(evaluation),
                 settings->faces.votes ? ", by votes" : "");
        result.temperature = temperature * fit(evaluation, &result);
        status = store(path, result.split, result.temperature, settings->half, error);
    }
    evaluation_destroy(evaluation);
    face_model_destroy(model);
    if (!status)
        tell(&result, settings, path);
    return status;
}

int calibrate_command(int argc, char **argv) {
    Settings settings = {.faces = LABELLED_FACES_DEFAULTS};
    settings.faces.split = face_split_name(FACE_PUBLIC_TEST);
    int n_positionals;
    int status = options_parse(&usage, options, &settings, argc, argv, &n_positionals);
    if (status != OPTIONS_RUN)
        return status;
    if (n_positionals != 1)
        return options_wrong(&usage, "expected one MODEL, not %d", n_positionals);
    if (!labelled_faces_check(&settings.faces, &usage))
        return EXIT_USAGE;
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, calibrate(argv[0], &settings, &error), &error);
}
