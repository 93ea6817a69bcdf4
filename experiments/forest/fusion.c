/* fusion NETWORK DATA THREADS EVERY TREES LEAF BINS [TABLES]: what 68 points tell of FER2013's
 * emotions, alone and beside a network. Prints JSON.
 *
 * The shipped landmarks are placed on every EVERYth face of Training and on all of PublicTest and
 * PrivateTest; a forest and boosted trees learn from their features. Fusions, of the forest, are
 * fitted on PublicTest and scored on PrivateTest. With TABLES, a folder, the features are left
 * there for a peer: train.f32, public.f32, private.f32 (rows of floats) and train.labels … (a byte
 * a row). */
#include "datasets/detection/landmark_features.h"
#include "datasets/faces/face_load.h"
#include "infer/evaluate/evaluation.h"
#include "infer/evaluate/stacking.h"
#include "infer/faces/landmark_model.h"
#include "nn/base/threads.h"
#include "nn/trees/boost.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PENALTY 1e-3 /* of the fusions' weights */

/* Of all threads: what a busy machine does not change. */
static double processor_seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

/* The features of some faces. */
typedef struct Features {
    float *x; /* (n, LANDMARK_FEATURES) */
    int *labels;
    uint8_t *codes; /* the labels again */
    uint32_t *indices, n;
} Features;

static void features_free(Features *features) {
    free(features->x);
    free(features->labels);
    free(features->codes);
    free(features->indices);
}

/* FER2013's pictures were cut out by the cascade: each is the detector's square. */
static int place(LandmarkModel *model, const FaceSet *set, uint32_t face, float *features,
                 Error *error) {
    GreyView view = {face_set_face(set, face), FACE_SIDE, FACE_SIDE, FACE_SIDE};
    FaceWindow window = landmark_model_window((Box){0, 0, FACE_SIDE, FACE_SIDE});
    Point points[LANDMARKS];
    if (landmark_model_place(model, view, &window, points, error))
        return -1;
    landmark_features(points, features);
    return 0;
}

static int measure(Features *features, const FaceSet *set, FaceSplit split, uint32_t every,
                   Error *error) {
    features->indices = face_set_indices(
        set, split, split == FACE_TRAINING ? FACE_UNSHARED : FACE_ALL, &features->n, error);
    if (!features->indices)
        return -1;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < features->n; i += every)
        features->indices[kept++] = features->indices[i];
    features->n = kept;
    features->x = calloc((size_t)kept + 1, LANDMARK_FEATURES * sizeof *features->x);
    features->labels = calloc((size_t)kept + 1, sizeof *features->labels);
    features->codes = calloc((size_t)kept + 1, 1);
    if (!features->x || !features->labels || !features->codes)
        return error_memory(error, "features", (size_t)kept * LANDMARK_FEATURES * sizeof(float));
    int failed = 0;
#pragma omp parallel
    {
        Error own;
        LandmarkModel *model = landmark_model_open(NULL, &own);
        int bad = !model;
#pragma omp for schedule(dynamic, 16)
        for (uint32_t i = 0; i < kept; i++) {
            features->codes[i] = set->labels[features->indices[i]];
            features->labels[i] = features->codes[i];
            if (!bad)
                bad = place(model, set, features->indices[i],
                            features->x + (size_t)i * LANDMARK_FEATURES, &own);
        }
        landmark_model_destroy(model);
        if (bad)
#pragma omp critical
        {
            *error = own;
            failed = -1;
        }
    }
    return failed;
}

/* ------------------------------------------------------------------ figures */

static double accuracy(const float *probabilities, const uint8_t *labels, uint32_t n) {
    uint32_t right = 0;
    for (uint32_t i = 0; i < n; i++)
        right += emotion_most_probable(probabilities + (size_t)i * EMOTION_COUNT) == labels[i];
    return (double)right / n;
}

/* Accuracy, error of the confidence and likelihood of a source on a split. */
static json_t *figures(const float *probabilities, const uint8_t *labels, uint32_t n) {
    Metrics metrics = metrics_measure(probabilities, labels, n);
    return json_pack("{s:f, s:f, s:f, s:f}", "accuracy", metrics.accuracy.value, "macro_f1",
                     metrics.macro_f1, "ece", metrics.ece, "nll", metrics.nll);
}

/* Sources of both splits: [0] PublicTest, [1] PrivateTest. */
typedef struct Sources {
    const float *network[2], *forest[2];
    const uint8_t *labels[2];
    uint32_t n[2];
    float *room; /* (the larger n, EMOTION_COUNT) */
} Sources;

static json_t *stacked(const Sources *s, int sources) {
    const float *fitted_on[] = {s->network[0], s->forest[0]};
    Stacking stacking = stacking_fit(fitted_on, sources, s->labels[0], s->n[0], PENALTY);
    json_t *both = json_object();
    for (int split = 0; split < 2; split++) {
        for (uint32_t i = 0; i < s->n[split]; i++) {
            const float *row[] = {s->network[split] + (size_t)i * EMOTION_COUNT,
                                  s->forest[split] + (size_t)i * EMOTION_COUNT};
            stacking_apply(&stacking, row, s->room + (size_t)i * EMOTION_COUNT);
        }
        json_object_set_new(both, split ? "private" : "public",
                            figures(s->room, s->labels[split], s->n[split]));
    }
    return both;
}

/* The rule of agreement: where both agree, that; else the network where it is surer than `least`,
 * else the forest. Returns the accuracy. */
static double by_rule(const Sources *s, int split, float least) {
    for (uint32_t i = 0; i < s->n[split]; i++) {
        const float *network = s->network[split] + (size_t)i * EMOTION_COUNT;
        const float *forest = s->forest[split] + (size_t)i * EMOTION_COUNT;
        bool sure = network[emotion_most_probable(network)] >= least;
        memcpy(s->room + (size_t)i * EMOTION_COUNT, sure ? network : forest,
               EMOTION_COUNT * sizeof *network);
    }
    return accuracy(s->room, s->labels[split], s->n[split]);
}

static json_t *best_rule(const Sources *s) {
    float best = 0;
    for (int i = 0; i <= 20; i++)
        if (by_rule(s, 0, (float)i / 20) > by_rule(s, 0, best))
            best = (float)i / 20;
    return json_pack("{s:f, s:f, s:f}", "threshold", (double)best, "public", by_rule(s, 0, best),
                     "private", by_rule(s, 1, best));
}

static json_t *alone(const Sources *s, const float *const probabilities[2]) {
    return json_pack("{s:o, s:o}", "public", figures(probabilities[0], s->labels[0], s->n[0]),
                     "private", figures(probabilities[1], s->labels[1], s->n[1]));
}

static json_t *important(const Forest *forest) {
    json_t *list = json_array();
    bool taken[LANDMARK_FEATURES] = {false};
    for (int rank = 0; rank < 12; rank++) {
        int best = 0;
        while (taken[best])
            best++;
        for (int i = 0; i < LANDMARK_FEATURES; i++)
            if (!taken[i] && forest_importance(forest)[i] > forest_importance(forest)[best])
                best = i;
        taken[best] = true;
        char name[LANDMARK_FEATURE_NAME];
        json_array_append_new(list,
                              json_pack("{s:s, s:f}", "feature", landmark_feature_name(best, name),
                                        "share", (double)forest_importance(forest)[best]));
    }
    return list;
}

/* ------------------------------------------------------------------ for a peer */

static int write_bytes(const char *folder, const char *name, const void *bytes, size_t size,
                       Error *error) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "wb");
    bool written = stream && fwrite(bytes, 1, size, stream) == size;
    if (stream && fclose(stream))
        written = false;
    return written ? 0 : error_errno(error, "%s", path);
}

enum { TRAINING, PUBLIC, PRIVATE, SPLITS };

static int write_tables(const char *folder, const Features features[SPLITS], Error *error) {
    static const char *const names[SPLITS] = {"train", "public", "private"};
    for (int i = 0; i < SPLITS; i++) {
        const Features *f = &features[i];
        char rows[32], labels[32];
        snprintf(rows, sizeof rows, "%s.f32", names[i]);
        snprintf(labels, sizeof labels, "%s.labels", names[i]);
        if (write_bytes(folder, rows, f->x, f->n * LANDMARK_FEATURES * sizeof *f->x, error) ||
            write_bytes(folder, labels, f->codes, f->n, error))
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------------------ all of it */

typedef struct Settings {
    const char *network, *data, *tables;
    uint32_t every;
    ForestSettings forest;
} Settings;

static json_t *fuse(const Features features[SPLITS], const Forest *forest,
                    Evaluation *const network[2], float *probabilities[2], double *asked) {
    Sources s = {.n = {features[PUBLIC].n, features[PRIVATE].n}};
    uint32_t most = s.n[0] > s.n[1] ? s.n[0] : s.n[1];
    s.room = malloc(((size_t)most + 1) * EMOTION_COUNT * sizeof *s.room);
    double began = processor_seconds();
    for (int split = 0; split < 2; split++) {
        forest_probabilities(forest, features[PUBLIC + split].x, (int)s.n[split],
                             probabilities[split]);
        s.network[split] = network[split]->probabilities;
        s.forest[split] = probabilities[split];
        s.labels[split] = network[split]->labels;
    }
    *asked = processor_seconds() - began;
    json_t *object = s.room
                         ? json_pack("{s:o, s:o, s:o, s:o, s:o}", "network", alone(&s, s.network),
                                     "forest", alone(&s, s.forest), "recalibrated", stacked(&s, 1),
                                     "stacked", stacked(&s, 2), "rule", best_rule(&s))
                         : NULL;
    free(s.room);
    return object;
}

/* Boosted trees on the forest's table; the figures on both test splits. */
static json_t *boosted(const Features features[SPLITS], const ForestTable *table, int bins,
                       Error *error) {
    BoostSettings settings = boost_defaults();
    settings.rounds = 1000;
    settings.depth = 4;
    settings.rate = 0.05f;
    settings.bins = bins;
    double began = processor_seconds();
    Forest *forest = boost_fit(table, &settings, error);
    if (!forest)
        return NULL;
    double fitted = processor_seconds() - began, asked = 0;
    json_t *object = json_pack("{s:i, s:f, s:f}", "trees", forest_trees(forest) - 1, "held_out",
                               forest_out_of_bag(forest), "fit_cpu_seconds", fitted);
    static const char *const names[] = {[PUBLIC] = "public", [PRIVATE] = "private"};
    for (int split = PUBLIC; split <= PRIVATE; split++) {
        const Features *f = &features[split];
        float *p = malloc(((size_t)f->n + 1) * EMOTION_COUNT * sizeof *p);
        began = processor_seconds();
        if (p)
            forest_probabilities(forest, f->x, (int)f->n, p);
        asked += processor_seconds() - began;
        json_object_set_new(object, names[split], p ? figures(p, f->codes, f->n) : json_null());
        free(p);
    }
    json_object_set_new(object, "ask_cpu_seconds", json_real(asked));
    forest_destroy(forest);
    return object;
}

static json_t *study(const Settings *settings, const FaceSet *set, FaceModel *model,
                     Features features[SPLITS], Error *error) {
    static const FaceSplit splits[] = {FACE_TRAINING, FACE_PUBLIC_TEST, FACE_PRIVATE_TEST};
    double began = processor_seconds();
    for (int i = 0; i < SPLITS; i++)
        if (measure(&features[i], set, splits[i], i ? 1 : settings->every, error))
            return NULL;
    double placed = processor_seconds() - began;
    if (settings->tables && write_tables(settings->tables, features, error))
        return NULL;
    ForestTable table = {features[TRAINING].x, features[TRAINING].labels, (int)features[TRAINING].n,
                         LANDMARK_FEATURES, EMOTION_COUNT};
    began = processor_seconds();
    Forest *forest = forest_fit(&table, &settings->forest, error);
    double fitted = processor_seconds() - began, asked;
    Evaluation *network[2] = {NULL};
    float *probabilities[2] = {NULL};
    bool good = forest != NULL;
    for (int i = 0; i < 2 && good; i++)
        good = (network[i] = evaluation_run(model, set, splits[PUBLIC + i], FACE_VIEWS_ONE,
                                            EVALUATION_BATCH, true, error)) &&
               (probabilities[i] =
                    malloc(((size_t)features[PUBLIC + i].n + 1) * EMOTION_COUNT * sizeof(float)));
    json_t *boost = good ? boosted(features, &table, settings->forest.bins, error) : NULL;
    json_t *object = boost ? fuse(features, forest, network, probabilities, &asked) : NULL;
    if (object) {
        json_object_set(object, "boosted", boost);
        uint32_t faces = features[0].n + features[1].n + features[2].n;
        json_object_set_new(object, "rows", json_integer(features[TRAINING].n));
        json_object_set_new(object, "features", json_integer(LANDMARK_FEATURES));
        json_object_set_new(object, "trees", json_integer(settings->forest.trees));
        json_object_set_new(object, "leaf", json_integer(settings->forest.leaf));
        json_object_set_new(object, "bins", json_integer(settings->forest.bins));
        json_object_set_new(object, "nodes", json_integer(forest_nodes(forest)));
        json_object_set_new(object, "out_of_bag", json_real(forest_out_of_bag(forest)));
        json_object_set_new(object, "fit_cpu_seconds", json_real(fitted));
        json_object_set_new(object, "ask_cpu_seconds", json_real(asked));
        json_object_set_new(object, "place_milliseconds", json_real(1000 * placed / faces));
        json_object_set_new(object, "important", important(forest));
    }
    json_decref(boost);
    for (int i = 0; i < 2; i++) {
        evaluation_destroy(network[i]);
        free(probabilities[i]);
    }
    forest_destroy(forest);
    return object;
}

int main(int argc, char **argv) {
    Error error = {"out of memory"};
    if (argc != 8 && argc != 9) {
        fprintf(stderr, "usage: fusion NETWORK DATA THREADS EVERY TREES LEAF BINS [TABLES]\n");
        return EXIT_FAILURE;
    }
    threads_use(atoi(argv[3]));
    Settings settings = {
        .network = argv[1],
        .data = argv[2],
        .tables = argc == 9 ? argv[8] : NULL,
        .every = (uint32_t)atoi(argv[4]),
        .forest = {.trees = atoi(argv[5]), .leaf = atoi(argv[6]), .bins = atoi(argv[7]), .seed = 1},
    };
    FaceModel *model = face_model_load(settings.network, &error);
    FaceSet *set = model ? face_load(settings.data, (FaceLoadOptions){0}, &error) : NULL;
    Features features[SPLITS] = {0};
    json_t *object = set ? study(&settings, set, model, features, &error) : NULL;
    if (object) {
        json_dumpf(object, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
        printf("\n");
    } else {
        fprintf(stderr, "fusion: %s\n", error.message);
    }
    bool done = object != NULL;
    json_decref(object);
    for (int i = 0; i < SPLITS; i++)
        features_free(&features[i]);
    face_set_destroy(set);
    face_model_destroy(model);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
