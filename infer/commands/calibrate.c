/* affekt calibrate: calibrates a face model's confidence by two numbers in its file. */
#include "infer/commands/commands.h"
#include "infer/commands/labelled_faces.h"
#include "infer/evaluate/calibration.h"
#include "nn/base/number.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/safetensors.h"
#include "nn/models/image_classifier.h"

#include <stdio.h>
#include <stdlib.h>

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
    .summary = "fits a face model's confidence and stores the fit in the model file",
    .notes = "Takes from each emotion the probability that smoothed and mixed labels teach a\n"
             "network to give to every one (the floor), and divides the logits by a number (the\n"
             "temperature, Guo et al. 2017): the two that make the labels of the split, or with\n"
             "--votes the voters' majorities, most likely. Accuracy stays; confidence comes to\n"
             "mean how often it is right. Use a split that the model was not trained on, and not\n"
             "the one it is scored on.\n",
};

typedef struct Result {
    char split[64]; /* whose faces it was fitted on, and by what */
    Calibration calibration;
    Metrics before, after;
} Result;

/* Measures the evaluation, whose probabilities are without any calibration, with this one. */
static int measure(const Evaluation *evaluation, Calibration calibration, Metrics *metrics,
                   Error *error) {
    size_t bytes = (size_t)evaluation->count * EMOTION_COUNT * sizeof(float);
    float *calibrated = malloc(bytes);
    if (!calibrated)
        return error_memory(error, "the calibrated probabilities", bytes);
    for (size_t i = 0; i < (size_t)evaluation->count * EMOTION_COUNT; i += EMOTION_COUNT)
        calibration_apply(calibration, evaluation->probabilities + i, calibrated + i);
    *metrics = metrics_measure(calibrated, evaluation->labels, evaluation->count);
    free(calibrated);
    return 0;
}

/* Fits, and measures with the calibration that the file has and with the fitted one. */
static int fit(const Evaluation *evaluation, Calibration present, Result *result, Error *error) {
    result->calibration =
        calibration_fit(evaluation->probabilities, evaluation->labels, evaluation->count);
    return measure(evaluation, present, &result->before, error) ||
                   measure(evaluation, result->calibration, &result->after, error)
               ? -1
               : 0;
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

static void set_calibration(ImageClassifier *classifier, Calibration calibration) {
    image_classifier_info(classifier)->temperature = calibration.temperature;
    image_classifier_info(classifier)->floor = calibration.floor;
}

/* The calibration that the network has, of which it is relieved. */
static Calibration take_calibration(ImageClassifier *classifier) {
    const ImageClassifierInfo *info = image_classifier_info(classifier);
    Calibration calibration = {.temperature = info->temperature, .floor = info->floor};
    set_calibration(classifier, (Calibration)CALIBRATION_NONE);
    return calibration;
}

/* Writes the model file anew with another calibration, and with `half` with rounded weights; all
 * else stays. */
static int store(const char *path, const Result *result, bool half, Error *error) {
    SafetensorsFile *file = safetensors_open(path, error);
    ImageClassifier *classifier = file ? load(path, half, error) : NULL;
    int status = -1;
    if (classifier) {
        json_t *metadata = json_copy((json_t *)safetensors_all_metadata(file));
        json_object_set_new(metadata, "temperature_fitted_on", json_string(result->split));
        set_calibration(classifier, result->calibration);
        status = metadata ? image_classifier_save(classifier, path, metadata, error)
                          : error_memory(error, "the metadata", 0);
        json_decref(metadata);
    }
    image_classifier_destroy(classifier);
    safetensors_close(file);
    return status;
}

static void tell(const Result *result, const Settings *settings, const char *path) {
    double temperature = result->calibration.temperature, floor = result->calibration.floor;
    PlainText name;
    if (settings->json)
        number_print(stdout,
                     "{\"n\": %u, \"temperature\": %.6g, \"floor\": %.6g, \"nll_before\": %.6g, "
                     "\"nll\": %.6g, \"ece_before\": %.6g, \"ece\": %.6g}\n",
                     result->after.n, temperature, floor, result->before.nll, result->after.nll,
                     result->before.ece, result->after.ece);
    else
        printf("%s: temperature %.4f and floor %.3f from %u faces, split %s\n"
               "negative log likelihood %.4f → %.4f, calibration error %.4f → %.4f\n",
               plain_text(path, &name), temperature, floor, result->after.n, result->split,
               result->before.nll, result->after.nll, result->before.ece, result->after.ece);
}

/* The file is touched once all has gone well. */
static int calibrate(const char *path, const Settings *settings, Error *error) {
    ImageClassifier *classifier = load(path, settings->half, error);
    Calibration present = CALIBRATION_NONE;
    if (classifier)
        present = take_calibration(classifier);
    FaceModel *model = face_model_take(classifier, path, error);
    Evaluation *evaluation = model
                                 ? labelled_faces_evaluate(&settings->faces, model, FACE_VIEWS_ONE,
                                                           settings->common.quiet, error)
                                 : NULL;
    Result result = {0};
    int status = -1;
    if (evaluation && !fit(evaluation, present, &result, error)) {
        snprintf(result.split, sizeof result.split, "%s%s", evaluation_split_name(evaluation),
                 settings->faces.votes ? ", by votes" : "");
        status = store(path, &result, settings->half, error);
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
