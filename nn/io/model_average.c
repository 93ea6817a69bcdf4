#include "nn/io/model_average.h"

#include "nn/base/json_text.h"
#include "nn/io/safetensors.h"

#include <stdlib.h>
#include <string.h>

typedef struct Source {
    SafetensorsFile *file;
    Parameters *weights;
} Source;

/* ------------------------------------------------------------------ metadata */

/* Metadata in which models of the same network may differ, by the beginnings of the keys, and what
 * the mean has of them: the first model's, or nothing. */
static const struct OwnKey {
    const char *beginning;
    bool kept;
} own_keys[] = {{"training.", false},  {"validation.", false},
                {"averaged", false},   {"temperature_fitted_on", false},
                {"temperature", true}, {"floor", true},
                {"dropout", true},     {"block_dropout", true}};

static const struct OwnKey *own_key(const char *key) {
    for (size_t i = 0; i < sizeof own_keys / sizeof *own_keys; i++)
        if (!strncmp(key, own_keys[i].beginning, strlen(own_keys[i].beginning)))
            return &own_keys[i];
    return NULL;
}

/* Fails unless what `one` says of the network, `other` says too. */
static int check_agreement(const SafetensorsFile *one, const SafetensorsFile *other, Error *error) {
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)safetensors_all_metadata(one), key, value) {
        const char *here = json_string_value(value), *there = safetensors_metadata(other, key);
        if (!own_key(key) && (!there || strcmp(here, there)))
            return error_set(error,
                             "'%s' is %s in %s, but %s in %s; only weights of the same network can "
                             "be averaged",
                             key, here, safetensors_name(one), there ? there : "missing",
                             safetensors_name(other));
    }
    return 0;
}

static int check_kind(const SafetensorsFile *file, Error *error) {
    static const char *const kinds[] = {"image_classifier", "sequence_lstm", "box_network",
                                        "point_network"};
    const char *kind = safetensors_metadata(file, "kind");
    for (size_t i = 0; kind && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kind, kinds[i]))
            return 0;
    return error_set(error, "%s: not an Affekt model (metadata 'kind' is '%s')",
                     safetensors_name(file), kind ? kind : "");
}

static json_t *describe_source(const char *path, const SafetensorsFile *file) {
    static const char *const keys[] = {"training.seed", "training.epoch", "validation.score"};
    const char *slash = strrchr(path, '/');
    json_t *source = json_object();
    json_object_set_new(source, "file", json_text(slash ? slash + 1 : path));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (safetensors_metadata(file, keys[i]))
            json_object_set_new(source, keys[i], json_string(safetensors_metadata(file, keys[i])));
    return source;
}

/* What the first file says of the network, and where its weights are from. NULL when memory is
 * out. */
static json_t *describe(char *const *paths, const Source *sources, int n) {
    json_t *metadata = json_copy((json_t *)safetensors_all_metadata(sources[0].file)), *value;
    json_t *list = json_array();
    const char *key;
    void *next;
    json_object_foreach_safe(metadata, next, key, value) {
        if (own_key(key) && !own_key(key)->kept)
            json_object_del(metadata, key);
    }
    if (json_object_get(metadata, "temperature"))
        json_object_set_new(metadata, "temperature", json_string("1"));
    if (json_object_get(metadata, "floor"))
        json_object_set_new(metadata, "floor", json_string("0"));
    for (int i = 0; i < n; i++)
        json_array_append_new(list, describe_source(paths[i], sources[i].file));
    char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    int status = json_object_set_new(metadata, "averaged", json_string(text));
    free(text);
    if (!status)
        return metadata;
    json_decref(metadata);
    return NULL;
}

/* ------------------------------------------------------------------ weights */

/* Room for all tensors of the file, under their names. */
static Parameters *room_for(const SafetensorsFile *file) {
    Parameters *weights = parameters_create_blank();
    for (int i = 0; i < safetensors_count(file); i++) {
        const SafetensorsEntry *entry = safetensors_at(file, i);
        parameters_add(weights, "", entry->name, entry->shape, PARAMETER_BUFFER);
    }
    return weights;
}

/* Reads the weights in the order of the first source's. */
static int read_weights(Source *source, const Source *first, Error *error) {
    const char *name = safetensors_name(source->file);
    if (safetensors_count(source->file) != safetensors_count(first->file))
        return error_set(error, "%s has %d tensors, %s has %d", name,
                         safetensors_count(source->file), safetensors_name(first->file),
                         safetensors_count(first->file));
    source->weights = room_for(first->file);
    if (parameters_check(source->weights, error) ||
        safetensors_read(source->file, source->weights, error))
        return -1;
    const Tensor *damaged = parameters_first_not_finite(source->weights);
    return damaged ? error_set(error, "%s: the weights are damaged: '%s' is not finite", name,
                               damaged->name)
                   : 0;
}

static int open_source(Source *source, const char *path, const Source *first, Error *error) {
    if (!(source->file = safetensors_open(path, error)) || check_kind(source->file, error) ||
        check_agreement(first->file, source->file, error) ||
        check_agreement(source->file, first->file, error))
        return -1;
    return read_weights(source, first, error);
}

/* Turns the first source's weights into the mean of all. */
static void take_mean(const Source *sources, int n) {
    for (int i = 0; i < parameters_count(sources[0].weights); i++) {
        Tensor *mean = &parameters_at(sources[0].weights, i)->tensor;
        for (size_t j = 0; j < tensor_count(mean); j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += parameters_at(sources[k].weights, i)->tensor.data[j];
            mean->data[j] = (float)(sum / n);
        }
    }
}

static int average(char *const *paths, Source *sources, int n, const char *out, Error *error) {
    for (int i = 0; i < n; i++)
        if (open_source(&sources[i], paths[i], &sources[0], error))
            return -1;
    json_t *metadata = describe(paths, sources, n);
    if (!metadata)
        return error_memory(error, "the metadata", 0);
    take_mean(sources, n);
    int status = safetensors_save(out, SAFETENSORS_FULL, 1,
                                  (const Parameters *const[]){sources[0].weights}, metadata, error);
    json_decref(metadata);
    return status;
}

int model_average(char *const *paths, int n, const char *out, Error *error) {
    Source *sources = calloc((size_t)n, sizeof *sources);
    int status = sources ? average(paths, sources, n, out, error)
                         : error_memory(error, "the models", (size_t)n * sizeof *sources);
    for (int i = 0; sources && i < n; i++) {
        parameters_destroy(sources[i].weights);
        safetensors_close(sources[i].file);
    }
    free(sources);
    return status;
}
