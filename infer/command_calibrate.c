/* affekt calibrate: make a face model's confidence honest, by one number in its file. */
#include "infer/commands.h"
#include "infer/evaluation.h"
#include "nn/base/options.h"
#include "nn/base/threads.h"
#include "nn/models/image_classifier.h"
#include "nn/safetensors.h"

typedef struct Settings {
    CommonSettings common;
    EvaluationSettings how;
    bool half, json;
} Settings;

static const Option options[] = {
    EVALUATION_OPTIONS(Settings, how),
    OPTION_FLAG(Settings, half, "half", "also round the weights to 16 bits: half the file"),
    OPTION_FLAG(Settings, json, "json", "print the figures as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "calibrate",
    .positionals = "MODEL",
    .summary = "fits a face model's temperature and stores it in the model file",
    .notes = "Divides the logits by the one number that makes the labels of the split most likely\n"
             "(Guo et al. 2017). Accuracy stays; confidence comes to mean how often it is right.\n"
             "Use a split that the model was not trained on, and not the one it is scored on.\n",
};

typedef struct Calibration {
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

/* Writes the model file anew, its temperature multiplied by `factor` and its weights rounded with
 * `half`, all else staying; `split` is what the factor was fitted on, NULL for none. Returns the
 * temperature, or 0. */
static double store(const char *path, const char *split, double factor, bool half, Error *error) {
    SafetensorsFile *file = safetensors_open(path, error);
    ImageClassifier *classifier = file ? image_classifier_load(path, error) : NULL;
    json_t *metadata = classifier ? json_copy((json_t *)safetensors_all_metadata(file)) : NULL;
    double temperature = 0;
    if (metadata) {
        ImageClassifierInfo *info = image_classifier_info(classifier);
        temperature = info->temperature * factor;
        info->temperature = (float)temperature;
        if (half)
            info->precision = SAFETENSORS_HALF;
        if (split)
            json_object_set_new(metadata, "temperature_fitted_on", json_string(split));
        if (image_classifier_save(classifier, path, metadata, error))
            temperature = 0;
    }
    json_decref(metadata);
    image_classifier_destroy(classifier);
    safetensors_close(file);
    return temperature;
}

static void tell(const Calibration *result, const Settings *settings, const char *path) {
    if (settings->json)
        printf("{\"n\": %u, \"temperature\": %.6g, \"nll_before\": %.6g, \"nll\": %.6g, "
               "\"ece_before\": %.6g, \"ece\": %.6g}\n",
               result->after.n, result->temperature, result->before.nll, result->after.nll,
               result->before.ece, result->after.ece);
    else
        printf("%s: temperature %.4f from %u faces of %s\n"
               "negative log likelihood %.4f → %.4f, calibration error %.4f → %.4f\n",
               path, result->temperature, result->after.n, settings->how.split, result->before.nll,
               result->after.nll, result->before.ece, result->after.ece);
}

static int calibrate(const char *path, const Settings *settings, Error *error) {
    /* Rounded first, so that what is measured are the rounded weights. */
    if (settings->half && !(store(path, NULL, 1, true, error) > 0))
        return -1;
    FaceModel *model = face_model_load(path, error);
    Evaluation *evaluation =
        model ? evaluation_run(model, &settings->how, settings->common.quiet, error) : NULL;
    Calibration result = {0};
    if (evaluation) {
        double factor = fit(evaluation, &result);
        result.temperature = store(path, face_split_name(evaluation->split), factor, false, error);
    }
    evaluation_destroy(evaluation);
    face_model_destroy(model);
    if (!(result.temperature > 0))
        return -1;
    tell(&result, settings, path);
    return 0;
}

int calibrate_command(int argc, char **argv) {
    Settings settings = {.how = evaluation_defaults};
    settings.how.split = face_split_name(FACE_PUBLIC_TEST);
    int n_positionals;
    int status = options_parse(&usage, options, &settings, argc, argv, &n_positionals);
    if (status != OPTIONS_RUN)
        return status;
    if (n_positionals != 1)
        return options_wrong(&usage, "expected one MODEL, not %d", n_positionals);
    if (!evaluation_settings_check(&settings.how, &usage))
        return EXIT_USAGE;
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, calibrate(argv[0], &settings, &error), &error);
}
