/* affekt eval landmarks: the error of the 68 landmarks. */
#include "datasets/detection/landmark_set.h"
#include "infer/commands/commands.h"
#include "infer/faces/detect/face_finder.h"
#include "infer/faces/landmark_model.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Settings {
    CommonSettings common;
    const char *data, *model, *detector;
    float shift, scale;
    uint64_t seed;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_INPUT(Settings, data, "data", 0, "FILE,…",
                 "tables of faces with 68 points (name.csv, its pictures in the folder name)"),
    OPTION_INPUT(Settings, model, "model", 'm', "FILE",
                 "the weights of affekt train landmarks (default: the shipped ones)"),
    OPTION_INPUT(Settings, detector, "detector", 0, "NAME",
                 "start from this detector's boxes: net, haar, or a network's weights (default: "
                 "the true box, jittered)"),
    OPTION_FLOAT(Settings, shift, "shift", "F", 0, 1,
                 "shift the true box by up to this share of its side, either way"),
    OPTION_FLOAT(Settings, scale, "scale", "F", 0, 0.9, "resize it by up to this share"),
    OPTION_SEED(Settings, seed, "seed", "of shift and size"),
    OPTION_FLAG(Settings, json, "json", "print the figures as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt eval landmarks",
    .positionals = "",
    .summary = "evaluates landmark localization",
    .notes = "The error of a face is the mean distance of its points from the true ones, in per "
             "cent of the\ndistance between the outer corners of the eyes.\n",
};

typedef struct Result {
    float *errors; /* of the faces that were found */
    int n;
    double seconds;
} Result;

static FaceWindow jittered(const LandmarkFace *face, const Settings *settings, Rng rng) {
    FaceWindow window = landmarks_window(face->points);
    window.x += rng_between(rng, 0, -settings->shift, settings->shift) * window.side;
    window.y += rng_between(rng, 1, -settings->shift, settings->shift) * window.side;
    window.side *= 1 + rng_between(rng, 2, -settings->scale, settings->scale);
    return window;
}

/* The window of the detection nearest to the face: 1, 0 when none is near, -1. */
static int detected(FaceFinder *finder, const LandmarkFace *face, FaceWindow *window,
                    Error *error) {
    const FaceBox *found;
    DetectorSettings search = DETECTOR_DEFAULTS;
    search.smallest = face->grey.width / 5;
    int n = face_finder_find(finder, image_view(&face->grey), &search, &found, error);
    FaceWindow truth = landmarks_window(face->points);
    float roll = landmarks_roll(face->points), nearest = 0.3f * truth.side;
    bool any = false;
    for (int i = 0; i < n; i++) {
        FaceWindow candidate = landmark_model_window(found[i].box);
        FaceWindow tilted = landmark_model_turned(&candidate, roll);
        float distance = hypotf(tilted.x - truth.x, tilted.y - truth.y);
        if (distance < nearest && candidate.side > 0.5f * truth.side) {
            nearest = distance;
            *window = candidate;
            any = true;
        }
    }
    return n < 0 ? -1 : any;
}

static int measure(const LandmarkSet *set, LandmarkModel *model, FaceFinder *finder,
                   const Settings *settings, Result *result, Error *error) {
    Rng rng = rng_seed(settings->seed);
    for (int i = 0; i < set->n_faces; i++) {
        const LandmarkFace *face = &set->faces[i];
        FaceWindow window = jittered(face, settings, rng_split(rng, (uint64_t)i));
        int found = finder ? detected(finder, face, &window, error) : 1;
        if (found < 0)
            return -1;
        if (!found)
            continue;
        Point points[LANDMARKS];
        double began = clock_processor_seconds();
        /* A detected face is placed as in use. */
        if ((finder ? landmark_model_search : landmark_model_place)(model, image_view(&face->grey),
                                                                    &window, points, error))
            return -1;
        result->seconds += clock_processor_seconds() - began;
        result->errors[result->n++] = landmarks_error(points, face->points);
    }
    return 0;
}

static int smaller_first(const void *a, const void *b) {
    float first = *(const float *)a, second = *(const float *)b;
    return (first > second) - (first < second);
}

static double share_above(const Result *result, float limit) {
    int above = 0;
    for (int i = 0; i < result->n; i++)
        above += result->errors[i] > limit;
    return result->n ? (double)above / result->n : 0;
}

/* The median is, as median_of has it, of an even number the upper one. */
static void tell(Result *result, int faces, bool json) {
    double sum = 0;
    qsort(result->errors, (size_t)result->n, sizeof *result->errors, smaller_first);
    for (int i = 0; i < result->n; i++)
        sum += (double)result->errors[i];
    int n = result->n ? result->n : 1;
    double mean = 100 * sum / n, median = result->n ? 100 * (double)result->errors[n / 2] : 0;
    double milliseconds = 1000 * result->seconds / n;
    if (json) {
        json_t *curve = json_array();
        for (int i = 1; i <= 15; i++)
            json_array_append_new(curve, json_real(1 - share_above(result, (float)i / 100)));
        json_t *object = json_pack("{s:i, s:i, s:f, s:f, s:f, s:f, s:o}", "faces", faces, "found",
                                   result->n, "mean_error", mean, "median_error", median, "above_8",
                                   100 * share_above(result, 0.08f), "milliseconds", milliseconds,
                                   "within_1_to_15", curve);
        json_dumpf(object, stdout, JSON_REAL_PRECISION(6));
        printf("\n");
        json_decref(object);
        return;
    }
    printf(
        "%d faces, of which %d were found\nmean error    %.2f %% of the eyes' distance\nmedian   "
        "     %.2f %%\nabove 8 %%     %.1f %% of the faces\ntime          %.2f ms per face\n",
        faces, result->n, mean, median, 100 * share_above(result, 0.08f), milliseconds);
}

static int run(const Settings *settings, Error *error) {
    LandmarkSet *set = landmark_set_read(settings->data, error);
    LandmarkModel *model = set ? landmark_model_open(settings->model, error) : NULL;
    FaceFinder *finder = NULL;
    Result result = {0};
    int status = model ? 0 : -1;
    if (!status && settings->detector &&
        !(finder = face_finder_open(settings->detector, NULL, error)))
        status = -1;
    if (!status && !(result.errors = malloc((size_t)set->n_faces * sizeof *result.errors)))
        status = error_memory(error, "the errors", (size_t)set->n_faces * sizeof *result.errors);
    if (!status)
        status = measure(set, model, finder, settings, &result, error);
    if (!status)
        tell(&result, set->n_faces, settings->json);
    free(result.errors);
    face_finder_destroy(finder);
    landmark_model_destroy(model);
    landmark_set_destroy(set);
    return status;
}

static const Settings defaults = {.shift = 0.05f, .scale = 0.1f, .seed = 1};

int eval_landmarks_command(int argc, char **argv) {
    Settings settings = defaults;
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.data)
        return options_wrong(&usage, "--data is missing: tables of faces with 68 points");
    if (settings.detector && (settings.shift != defaults.shift ||
                              settings.scale != defaults.scale || settings.seed != defaults.seed))
        return options_wrong(&usage, "--shift, --scale and --seed move the true box, which "
                                     "--detector replaces");
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
