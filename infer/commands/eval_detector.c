/* affekt eval detector: how well faces are found in pictures with boxes. */
#include "datasets/detection/detection_score.h"
#include "datasets/media/picture.h"
#include "infer/commands/commands.h"
#include "infer/commands/watcher_options.h"
#include "infer/faces/detect/face_finder.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"

#include <jansson.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Settings {
    CommonSettings common;
    const char *data, *detector, *cascade;
    float smallest;
    bool json;
} Settings;

static const Option options[] = {
    OPTION_INPUT(Settings, data, "data", 0, "FILE_OR_DIR,…",
                 "pictures with boxes as WIDER FACE lists them: bbx_gt.txt, or its folder"),
    OPTION_DETECTOR(Settings, detector, cascade),
    OPTION_FLOAT(Settings, smallest, "min-face", "PIXELS", 8, 1000,
                 "ignore faces with a smaller side"),
    OPTION_FLAG(Settings, json, "json", "print the figures as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt eval detector",
    .positionals = "",
    .summary = "evaluates a face detector: average precision and recall",
    .notes = "A face counts as found when a box overlaps its own by at least 0.4 (intersection "
             "over union).\nThe time of a picture is processor time, summed over all threads.\n",
};

/* What the precision-recall curve needs: boxes down to a score that only mistakes have. */
#define LEAST_SCORE 0.02f

typedef struct Detector {
    FaceDetector *cascade;
    NetworkDetector *network;
    ScoredBox *boxes;
    size_t capacity;
    double seconds; /* of processor time */
} Detector;

static int open_detector(Detector *detector, const Settings *settings, Error *error) {
    const char *name = face_finder_choose(settings->detector, settings->cascade, error);
    if (!name)
        return -1;
    if (!strcmp(name, "haar"))
        detector->cascade = face_detector_open(settings->cascade, error);
    else
        detector->network = network_detector_open(strcmp(name, "net") ? name : NULL, error);
    return detector->cascade || detector->network ? 0 : -1;
}

/* The cascade's faces with what tells how sure it is: 1 - 1 / neighbours. */
static int find_by_cascade(Detector *detector, GreyView picture, const Settings *settings,
                           const ScoredBox **boxes, Error *error) {
    const FaceBox *faces;
    DetectorSettings search = DETECTOR_DEFAULTS;
    search.smallest = (int)settings->smallest;
    search.neighbours = 1;
    search.threads = omp_get_max_threads();
    int n = face_detector_find(detector->cascade, picture, &search, &faces, error);
    if (n < 0)
        return -1;
    if ((size_t)n > detector->capacity) {
        ScoredBox *larger = realloc(detector->boxes, (size_t)n * sizeof *larger);
        if (!larger)
            return error_memory(error, "boxes", (size_t)n * sizeof *larger);
        detector->boxes = larger;
        detector->capacity = (size_t)n;
    }
    for (int i = 0; i < n; i++) {
        const Box *box = &faces[i].box;
        detector->boxes[i] = (ScoredBox){(float)box->x, (float)box->y, (float)box->width,
                                         (float)box->height, 1 - 1 / (float)faces[i].neighbours};
    }
    *boxes = detector->boxes;
    return n;
}

static int add_picture(Detector *detector, BoxPicture *picture, const Settings *settings,
                       DetectionScore *score, Error *error) {
    const ScoredBox *boxes = NULL;
    GreyView view = image_view(&picture->grey);
    double began = clock_processor_seconds();
    int n = detector->cascade
                ? find_by_cascade(detector, view, settings, &boxes, error)
                : network_detector_find(detector->network, view, (int)settings->smallest, 0,
                                        LEAST_SCORE, &boxes, error);
    detector->seconds += clock_processor_seconds() - began;
    if (n < 0)
        return -1;
    return detection_score_add(score, picture->boxes, picture->n_boxes, boxes, n, error);
}

static int add_list(Detector *detector, const char *path, const Settings *settings,
                    DetectionScore *score, Error *error) {
    BoxSet *set = box_set_read(path, error);
    int status = set ? 0 : -1;
    for (int i = 0; !status && i < set->n_pictures; i++) {
        BoxPicture *picture = &set->pictures[i];
        status = picture_read(picture->path, IMAGE_GREY, &picture->grey, error);
        if (!status)
            status = add_picture(detector, picture, settings, score, error);
        image_free(&picture->grey);
    }
    box_set_destroy(set);
    return status;
}

static const double mistakes[] = {0.1, 0.5, 1};

static void tell(const DetectionScore *score, const Detector *detector, const Settings *settings) {
    double precision = detection_score_average_precision(score);
    int pictures = detection_score_pictures(score), faces = detection_score_faces(score);
    double milliseconds = 1000 * detector->seconds / (pictures ? pictures : 1);
    if (settings->json) {
        json_t *object = json_pack("{s:i, s:i, s:f, s:f}", "pictures", pictures, "faces", faces,
                                   "average_precision", precision, "milliseconds", milliseconds);
        json_t *recalls = json_array();
        for (int i = 0; i < 3; i++) {
            float threshold;
            double recall = detection_score_recall(score, mistakes[i], &threshold);
            json_array_append_new(recalls, json_pack("{s:f, s:f, s:f}", "mistakes", mistakes[i],
                                                     "recall", recall, "score", threshold));
        }
        json_object_set_new(object, "recall", recalls);
        json_dumpf(object, stdout, JSON_REAL_PRECISION(6));
        printf("\n");
        json_decref(object);
        return;
    }
    printf("%d pictures, %d faces of at least %g pixels\naverage precision  %.3f\n", pictures,
           faces, (double)settings->smallest, precision);
    for (int i = 0; i < 3; i++) {
        float threshold;
        double recall = detection_score_recall(score, mistakes[i], &threshold);
        printf("recall             %.1f %% at %g false boxes per picture (score %.2f)\n",
               100 * recall, mistakes[i], threshold);
    }
    printf("processor time     %.1f ms per picture\n", milliseconds);
}

static int run(const Settings *settings, Error *error) {
    Detector detector = {0};
    DetectionScore *score = detection_score_create(settings->smallest);
    char *lists = strdup(settings->data), *rest = lists;
    int status = score && lists ? open_detector(&detector, settings, error)
                                : error_memory(error, "a score", sizeof detector);
    for (const char *list; !status && (list = strsep(&rest, ","));)
        status = add_list(&detector, list, settings, score, error);
    if (!status)
        tell(score, &detector, settings);
    free(lists);
    free(detector.boxes);
    detection_score_destroy(score);
    face_detector_destroy(detector.cascade);
    network_detector_destroy(detector.network);
    return status;
}

int eval_detector_command(int argc, char **argv) {
    Settings settings = {.smallest = 24};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.data)
        return options_wrong(&usage, "--data is missing: a list of pictures and boxes");
    threads_use(settings.common.threads);
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
