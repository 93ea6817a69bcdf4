#include "infer/inspect/model_network.h"

#include "infer/music/mood_model.h"
#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"
#include "nn/models/box_network.h"
#include "nn/models/image_classifier.h"
#include "nn/models/point_network.h"
#include "nn/models/sequence_lstm.h"
#include "nn/trees/forest.h"

#include <stdlib.h>
#include <string.h>

enum { DETECTOR_WIDTH = 640, DETECTOR_HEIGHT = 480 }; /* for its cost, which depends on the size */

/* Writes lines about a network to `text`, and returns an object; NULL on failure. */
typedef json_t *Describe(const SafetensorsFile *file, const char *path, FILE *text, Error *error);

static void print_line(FILE *text, const char *name) {
    fprintf(text, "%-14s ", name);
}

/* What networks have in common: joins an object, and ends the lines. */
static json_t *add_cost(json_t *json, const Parameters *parameters, int64_t multiply_adds,
                        const char *unit, FILE *text) {
    size_t trained = parameters_trained_elements(parameters);
    print_line(text, "parameters");
    fprintf(text, "%.2f M, %.2f M multiply-adds per %s\n", (double)trained / 1e6,
            (double)multiply_adds / 1e6, unit);
    json_object_set_new(json, "parameters", json_integer((json_int_t)trained));
    json_object_set_new(json, "multiply_adds", json_integer((json_int_t)multiply_adds));
    return json;
}

static json_t *describe_classifier(const SafetensorsFile *file, const char *path, FILE *text,
                                   Error *error) {
    (void)file;
    ImageClassifier *classifier = image_classifier_load(path, error);
    if (!classifier)
        return NULL;
    const ImageClassifierInfo *info = image_classifier_info(classifier);
    json_t *classes = json_array();
    print_line(text, "network");
    fprintf(text, "%s: %s\n", info->arch, image_classifier_summary(info->arch));
    print_line(text, "classes");
    for (int i = 0; i < info->n_classes; i++) {
        fputs(i ? ", " : "", text);
        plain_print(info->class_names[i], text);
        json_array_append_new(classes, json_text(info->class_names[i]));
    }
    fputc('\n', text);
    print_line(text, "input");
    fprintf(text, "%d×%d grey, (pixel / 255 - %g) / %g\n", info->size, info->size, info->mean,
            info->std);
    print_line(text, "calibration");
    fprintf(text, "temperature %g, floor %g\n", info->temperature, info->floor);
    json_t *json =
        json_pack("{s:s, s:s, s:o, s:i, s:f, s:f, s:f, s:f}", "arch", info->arch, "summary",
                  image_classifier_summary(info->arch), "classes", classes, "size", info->size,
                  "mean", (double)info->mean, "std", (double)info->std, "temperature",
                  (double)info->temperature, "floor", (double)info->floor);
    add_cost(json, image_classifier_parameters(classifier),
             image_classifier_multiply_adds(classifier), "picture", text);
    image_classifier_destroy(classifier);
    return json;
}

static json_t *describe_lstm(const SafetensorsFile *file, const char *path, FILE *text,
                             Error *error) {
    (void)path;
    SequenceLstm *lstm = sequence_lstm_load(file, error);
    if (!lstm)
        return NULL;
    const SequenceLstmInfo *info = sequence_lstm_info(lstm);
    print_line(text, "network");
    fprintf(text, "LSTM of %d layers, %d wide, over %d tokens\n", info->layers, info->hidden,
            info->vocabulary);
    print_line(text, "input");
    fprintf(text, "an embedding of %d and %d conditions\n", info->embedding, info->conditions);
    json_t *json = json_pack("{s:s, s:i, s:i, s:i, s:i, s:i}", "arch", "lstm", "vocabulary",
                             info->vocabulary, "conditions", info->conditions, "embedding",
                             info->embedding, "hidden", info->hidden, "layers", info->layers);
    add_cost(json, sequence_lstm_parameters(lstm), sequence_lstm_multiply_adds(lstm), "token",
             text);
    sequence_lstm_destroy(lstm);
    return json;
}

static json_t *describe_boxes(const SafetensorsFile *file, const char *path, FILE *text,
                              Error *error) {
    (void)file;
    BoxNetwork *network = box_network_load(path, error);
    if (!network)
        return NULL;
    const BoxNetworkInfo *info = box_network_info(network);
    char unit[64];
    snprintf(unit, sizeof unit, "picture of %d×%d", DETECTOR_WIDTH, DETECTOR_HEIGHT);
    print_line(text, "network");
    fprintf(text, "detector of faces, maps of %d channels\n", info->width);
    print_line(text, "input");
    fprintf(text, "grey of any size, (pixel / 255 - %g) / %g\n", info->mean, info->std);
    json_t *json = json_pack("{s:s, s:i, s:f, s:f}", "arch", "box_network", "width", info->width,
                             "mean", (double)info->mean, "std", (double)info->std);
    add_cost(json, box_network_parameters(network),
             box_network_multiply_adds(network, DETECTOR_HEIGHT, DETECTOR_WIDTH), unit, text);
    box_network_destroy(network);
    return json;
}

static json_t *describe_points(const SafetensorsFile *file, const char *path, FILE *text,
                               Error *error) {
    (void)file;
    PointNetwork *network = point_network_load(path, error);
    if (!network)
        return NULL;
    const PointNetworkInfo *info = point_network_info(network);
    print_line(text, "network");
    fprintf(text, "%d landmarks, maps of up to %d channels\n", info->points, info->width);
    print_line(text, "input");
    fprintf(text, "%d×%d grey, (pixel / 255 - %g) / %g\n", POINT_SIDE, POINT_SIDE, info->mean,
            info->std);
    json_t *json = json_pack("{s:s, s:i, s:i, s:i, s:f, s:f}", "arch", "point_network", "points",
                             info->points, "width", info->width, "size", POINT_SIDE, "mean",
                             (double)info->mean, "std", (double)info->std);
    add_cost(json, point_network_parameters(network), point_network_multiply_adds(network), "face",
             text);
    point_network_destroy(network);
    return json;
}

static json_t *describe_mood(const SafetensorsFile *file, const char *path, FILE *text,
                             Error *error) {
    MoodModel *model = mood_model_load(path, error);
    if (!model)
        return NULL;
    json_t *sources = json_object();
    for (MoodSource source = 0; source < MOOD_SOURCES; source++) {
        char name[32];
        snprintf(name, sizeof name, "%s.rows", mood_source_names[source]);
        if (!mood_model_knows(model, source))
            continue;
        const Shape rows = safetensors_find(file, name)->shape;
        print_line(text, json_object_size(sources) ? "" : "network");
        fprintf(text, "mood from %s: kernel regression over %lld songs of %lld features\n",
                mood_source_names[source], (long long)rows.size[0], (long long)rows.size[1]);
        json_object_set_new(sources, mood_source_names[source],
                            json_pack("{s:I, s:I}", "songs", (json_int_t)rows.size[0], "features",
                                      (json_int_t)rows.size[1]));
    }
    mood_model_destroy(model);
    return json_pack("{s:s, s:o}", "arch", "kernel_regression", "sources", sources);
}

static json_t *describe_forest(const SafetensorsFile *file, const char *path, FILE *text,
                               Error *error) {
    (void)file;
    Forest *forest = forest_load(path, error);
    if (!forest)
        return NULL;
    const char *arch = forest_is_boosted(forest) ? "boosted_trees" : "random_forest";
    json_t *classes = json_array();
    print_line(text, "network");
    fprintf(text, "%s: %d trees, %d nodes, over %d columns\n",
            forest_is_boosted(forest) ? "boosted trees" : "random forest", forest_trees(forest),
            forest_nodes(forest), forest_inputs(forest));
    print_line(text, "classes");
    for (int i = 0; i < forest_classes(forest); i++) {
        fputs(i ? ", " : "", text);
        plain_print(forest_class_name(forest, i), text);
        json_array_append_new(classes, json_text(forest_class_name(forest, i)));
    }
    fputc('\n', text);
    json_t *json =
        json_pack("{s:s, s:i, s:i, s:i, s:o}", "arch", arch, "trees", forest_trees(forest), "nodes",
                  forest_nodes(forest), "columns", forest_inputs(forest), "classes", classes);
    forest_destroy(forest);
    return json;
}

static const struct {
    const char *kind;
    Describe *describe;
} kinds[] = {{"image_classifier", describe_classifier},
             {"sequence_lstm", describe_lstm},
             {"box_network", describe_boxes},
             {"point_network", describe_points},
             {"mood", describe_mood},
             {"forest", describe_forest}};

int model_network_describe(const SafetensorsFile *file, const char *path, ModelNetwork *network,
                           Error *error) {
    const char *kind = safetensors_metadata(file, "kind");
    size_t size = 0;
    *network = (ModelNetwork){0};
    FILE *text = open_memstream(&network->text, &size);
    if (!text)
        return error_memory(error, "a description", 0);
    json_t *json = NULL;
    bool known = false;
    for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kind, kinds[i].kind)) {
            known = true;
            json = kinds[i].describe(file, path, text, error);
        }
    network->json = known ? json : json_null();
    if (!fclose(text) && network->json)
        return 0;
    model_network_free(network);
    return -1;
}

void model_network_free(ModelNetwork *network) {
    json_decref(network->json);
    free(network->text);
    *network = (ModelNetwork){0};
}
