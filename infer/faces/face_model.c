#include "infer/faces/face_model.h"

#include "datasets/faces/face_network.h"
#include "infer/models/shipped.h"
#include "nn/base/text_list.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Network {
    ImageClassifier *classifier;
    FaceInput input;
} Network;

/* What models share: read only, once it is loaded. */
typedef struct Networks {
    atomic_int users;
    char name[512];
    int count;
    Network list[];
} Networks;

struct FaceModel {
    Networks *networks;
    Tape *tape;
    float *x; /* the networks' input */
    size_t x_capacity;
};

/* ------------------------------------------------------------------ loading */

/* Takes over the classifier, or destroys it and fails. */
static int add_network(FaceModel *model, ImageClassifier *classifier, const char *name,
                       Error *error) {
    if (!classifier)
        return -1;
    Network *network = &model->networks->list[model->networks->count++];
    network->classifier = classifier;
    const ImageClassifierInfo *info = image_classifier_info(classifier);
    network->input = (FaceInput){.side = info->size, .mean = info->mean, .deviation = info->std};
    if (face_network_settle(classifier, name, error))
        return -1;
    return image_classifier_fold(classifier, error) ? error_context(error, "%s", name) : 0;
}

static void drop(Networks *networks) {
    if (!networks || atomic_fetch_sub(&networks->users, 1) > 1)
        return;
    for (int i = 0; i < networks->count; i++)
        image_classifier_destroy(networks->list[i].classifier);
    free(networks);
}

/* A model of these networks, of which it takes over one use, also where it fails. */
static FaceModel *create(Networks *networks, Error *error) {
    FaceModel *model = calloc(1, sizeof *model);
    Tape *tape = tape_create();
    if (!model || !networks || !tape) {
        free(model);
        drop(networks);
        tape_destroy(tape);
        error_memory(error, "a face model", sizeof *model);
        return NULL;
    }
    *model = (FaceModel){.networks = networks, .tape = tape};
    return model;
}

/* Room for so many networks, and none yet, for one model. */
static Networks *make_room(const char *name, int most, Error *error) {
    size_t bytes = sizeof(Networks) + (size_t)most * sizeof(Network);
    Networks *networks = calloc(1, bytes);
    if (!networks) {
        error_memory(error, "a face model", bytes);
        return NULL;
    }
    atomic_init(&networks->users, 1);
    snprintf(networks->name, sizeof networks->name, "%.*s", (int)sizeof networks->name - 1, name);
    return networks;
}

/* What stands for a file that comes with the program. */
static const struct {
    const char *name;
    ShippedModel model;
} shipped_names[] = {
    {"face", SHIPPED_FACE},
    {"face-voted", SHIPPED_FACE_VOTED},
    {"mini", SHIPPED_MINI},
    {"vgg", SHIPPED_VGG},
};

static bool is_file(const char *path) {
    struct stat info;
    return !stat(path, &info) && S_ISREG(info.st_mode);
}

/* The path of what was named, which may be written to `shipped`; NULL where that is missing. */
static const char *find(const char *named, char shipped[SHIPPED_PATH], Error *error) {
    for (size_t i = 0; i < sizeof shipped_names / sizeof *shipped_names; i++)
        if (!strcmp(named, shipped_names[i].name) && !is_file(named))
            return shipped_find(shipped_names[i].model, shipped, error) ? NULL : shipped;
    return named;
}

static int add_named(FaceModel *model, const char *named, Error *error) {
    char shipped[SHIPPED_PATH];
    const char *path = find(named, shipped, error);
    return path ? add_network(model, image_classifier_load(path, error), path, error) : -1;
}

static FaceModel *load_all(const char *name, char **paths, int n, Error *error) {
    Networks *room = make_room(name, n, error);
    FaceModel *model = room ? create(room, error) : NULL;
    for (int i = 0; model && i < n; i++)
        if (add_named(model, paths[i], error)) {
            face_model_destroy(model);
            return NULL;
        }
    return model;
}

FaceModel *face_model_load(const char *paths, Error *error) {
    char shipped[SHIPPED_PATH];
    if (!paths) {
        if (shipped_find(SHIPPED_FACE, shipped, error))
            return NULL;
        paths = shipped;
    }
    int n;
    char **list = text_list_split(paths, &n, error);
    FaceModel *model = list ? load_all(paths, list, n, error) : NULL;
    free(list);
    return model;
}

FaceModel *face_model_take(ImageClassifier *classifier, const char *name, Error *error) {
    Networks *room = classifier ? make_room(name, 1, error) : NULL;
    FaceModel *model = room ? create(room, error) : NULL;
    if (!model) {
        image_classifier_destroy(classifier);
    } else if (add_network(model, classifier, name, error)) {
        face_model_destroy(model);
        return NULL;
    }
    return model;
}

FaceModel *face_model_share(const FaceModel *model, Error *error) {
    atomic_fetch_add(&model->networks->users, 1);
    return create(model->networks, error);
}

void face_model_destroy(FaceModel *model) {
    if (!model)
        return;
    drop(model->networks);
    tape_destroy(model->tape);
    free(model->x);
    free(model);
}

const char *face_model_name(const FaceModel *model) {
    return model->networks->name;
}

/* ------------------------------------------------------------------ running */

static int reserve_input(FaceModel *model, size_t count, Error *error) {
    if (count <= model->x_capacity)
        return 0;
    float *x = realloc(model->x, count * sizeof *x);
    if (!x)
        return error_memory(error, "the faces of a pass", count * sizeof *x);
    model->x = x;
    model->x_capacity = count;
    return 0;
}

/* Adds `weight` times the probabilities of one row of logits. */
static void add_probabilities(const Network *network, const float *logits, float weight,
                              float *sums) {
    float probabilities[EMOTION_COUNT];
    image_classifier_probabilities(image_classifier_info(network->classifier), logits,
                                   probabilities);
    for (int i = 0; i < EMOTION_COUNT; i++)
        sums[i] += weight * probabilities[i];
}

/* Adds one network's share of the average to the probabilities. */
static int add_opinion(FaceModel *model, const Network *network, const uint8_t *const *faces, int n,
                       FaceViews views, float *probabilities, Error *error) {
    int side = network->input.side, n_views = face_views_count(views);
    size_t face_size = (size_t)n_views * (size_t)side * (size_t)side;
    if (reserve_input(model, (size_t)n * face_size, error))
        return -1;
#pragma omp parallel for schedule(static) if (n > 1)
    for (int i = 0; i < n; i++)
        face_input_views(&network->input, views, faces[i], model->x + (size_t)i * face_size);
    tape_begin(model->tape, TAPE_EVALUATE, rng_seed(0));
    Tensor *x = tape_input(model->tape, "faces", shape(n * n_views, side, side, 1), model->x);
    const Tensor *logits = image_classifier_forward(network->classifier, model->tape, x);
    if (tape_check(model->tape, error))
        return -1;
    if (first_not_finite(logits->data, tensor_count(logits)) >= 0)
        return error_set(error, "%s: the network's output is not finite; its weights are damaged",
                         model->networks->name);
    float weight = 1 / (float)(model->networks->count * n_views);
    for (int i = 0; i < n * n_views; i++)
        add_probabilities(network, logits->data + (size_t)i * EMOTION_COUNT, weight,
                          probabilities + (size_t)(i / n_views) * EMOTION_COUNT);
    return 0;
}

int face_model_probabilities(FaceModel *model, const uint8_t *const *faces, int n, FaceViews views,
                             float *probabilities, Error *error) {
    enum { MOST_FACES = 1 << 16 };
    if (n < 1 || n > MOST_FACES)
        return error_set(error, "%d faces in a pass, expected 1 … %d", n, MOST_FACES);
    memset(probabilities, 0, (size_t)n * EMOTION_COUNT * sizeof *probabilities);
    for (int i = 0; i < model->networks->count; i++)
        if (add_opinion(model, &model->networks->list[i], faces, n, views, probabilities, error))
            return -1;
    return 0;
}

int face_model_look(FaceModel *model, GreyView face, FaceViews views,
                    float probabilities[EMOTION_COUNT], Error *error) {
    uint8_t pixels[FACE_PIXELS];
    face_input_fit(face, pixels);
    return face_model_probabilities(model, (const uint8_t *const[]){pixels}, 1, views,
                                    probabilities, error);
}
