#include "nn/trees/forest_internal.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char kind[] = "forest";

int forest_name(Forest *forest, const char *const *inputs, const char *const *classes,
                Error *error) {
    int n = forest->inputs + forest->classes;
    if (!forest->names && !(forest->names = calloc((size_t)n, sizeof *forest->names)))
        return error_memory(error, "names", (size_t)n * sizeof *forest->names);
    for (int i = 0; i < n; i++) {
        char *name = strdup(i < forest->inputs ? inputs[i] : classes[i - forest->inputs]);
        if (!name)
            return error_memory(error, "a name", sizeof *name);
        free(forest->names[i]);
        forest->names[i] = name;
    }
    return 0;
}

const char *forest_input_name(const Forest *forest, int input) {
    return forest->names && forest->names[input] ? forest->names[input] : "";
}

const char *forest_class_name(const Forest *forest, int class) {
    return forest_input_name(forest, forest->inputs + class);
}

/* ------------------------------------------------------------------ the tensors */

typedef struct Tensors {
    Parameters *all;
    Tensor *roots, *input, *child, *threshold, *leaves, *importance;
} Tensors;

static Tensors tensors_of(Parameters *all, int trees, int nodes, int leaves, int inputs,
                          int classes) {
    return (Tensors){
        .all = all,
        .roots = parameters_add(all, "", "roots", shape(trees), PARAMETER_BUFFER),
        .input = parameters_add(all, "nodes", "input", shape(nodes), PARAMETER_BUFFER),
        .child = parameters_add(all, "nodes", "child", shape(nodes), PARAMETER_BUFFER),
        .threshold = parameters_add(all, "nodes", "threshold", shape(nodes), PARAMETER_BUFFER),
        .leaves = parameters_add(all, "", "leaves", shape(leaves, classes), PARAMETER_BUFFER),
        .importance = parameters_add(all, "", "importance", shape(inputs), PARAMETER_BUFFER),
    };
}

static void fill(const Tensors *tensors, const Forest *forest) {
    for (int i = 0; i < forest->trees; i++)
        tensors->roots->data[i] = (float)forest->roots[i];
    for (int i = 0; i < forest->n_nodes; i++) {
        tensors->input->data[i] = (float)forest->nodes[i].input;
        tensors->child->data[i] = (float)forest->nodes[i].child;
        tensors->threshold->data[i] = forest->nodes[i].threshold;
    }
    memcpy(tensors->leaves->data, forest->leaves,
           (size_t)forest->n_leaves * (size_t)forest->classes * sizeof(float));
    memcpy(tensors->importance->data, forest->importance, (size_t)forest->inputs * sizeof(float));
}

static void put_names(json_t *metadata, const char *key, char *const *names, int n) {
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_string(names[i]));
    char *text = json_dumps(list, JSON_COMPACT);
    json_object_set_new(metadata, key, json_string(text ? text : "[]"));
    free(text);
    json_decref(list);
}

int forest_save(const Forest *forest, const char *path, const json_t *extra, Error *error) {
    Tensors tensors = tensors_of(parameters_create(), forest->trees, forest->n_nodes,
                                 forest->n_leaves, forest->inputs, forest->classes);
    int status = tensors.all ? parameters_check(tensors.all, error)
                             : error_memory(error, "a forest", sizeof tensors);
    if (!status) {
        fill(&tensors, forest);
        json_t *metadata = extra ? json_copy((json_t *)extra) : json_object();
        json_object_set_new(metadata, "kind", json_string(kind));
        if (forest->boosted)
            json_object_set_new(metadata, "boosted", json_string("true"));
        if (forest->names) {
            put_names(metadata, "inputs", forest->names, forest->inputs);
            put_names(metadata, "classes", forest->names + forest->inputs, forest->classes);
        }
        status = safetensors_save(path, SAFETENSORS_FULL, 1,
                                  (const Parameters *const[]){tensors.all}, metadata, error);
        json_decref(metadata);
    }
    parameters_destroy(tensors.all);
    return status;
}

/* ------------------------------------------------------------------ reading */

static int sizes(const SafetensorsFile *file, const char *name, int n_dims, int most, int *first,
                 int *second, Error *error) {
    const SafetensorsEntry *entry = safetensors_find(file, name);
    if (!entry || entry->shape.n_dims != n_dims || entry->shape.size[0] < 1 ||
        entry->shape.size[0] > most)
        return error_set(error, "'%s' is missing or has a wrong shape", name);
    *first = entry->shape.size[0];
    if (second)
        *second = entry->shape.size[1];
    return 0;
}

/* `value` as an index from low to high. */
static int index_of(float value, int low, int high, int *index, Error *error) {
    if (!(value >= (float)low && value <= (float)high) || value != floorf(value))
        return error_set(error, "an index of the trees is %g, expected %d … %d", (double)value, low,
                         high);
    *index = (int)value;
    return 0;
}

/* Children come after their parent, so that every way down ends. */
static int take(Forest *forest, const Tensors *tensors, Error *error) {
    for (int i = 0; i < forest->trees; i++)
        if (index_of(tensors->roots->data[i], 0, forest->n_nodes - 1, &forest->roots[i], error))
            return -1;
    for (int i = 0; i < forest->n_nodes; i++) {
        ForestNode *node = &forest->nodes[i];
        node->threshold = tensors->threshold->data[i];
        if (index_of(tensors->input->data[i], -1, forest->inputs - 1, &node->input, error))
            return -1;
        bool leaf = node->input < 0;
        if (index_of(tensors->child->data[i], leaf ? 0 : i + 1,
                     leaf ? forest->n_leaves - 1 : forest->n_nodes - 2, &node->child, error))
            return -1;
    }
    memcpy(forest->leaves, tensors->leaves->data,
           (size_t)forest->n_leaves * (size_t)forest->classes * sizeof(float));
    memcpy(forest->importance, tensors->importance->data, (size_t)forest->inputs * sizeof(float));
    return 0;
}

static json_t *name_list(const SafetensorsFile *file, const char *key, int n) {
    const char *text = safetensors_metadata(file, key);
    json_t *list = text ? json_loads(text, 0, NULL) : NULL;
    bool good = json_is_array(list) && json_array_size(list) == (size_t)n;
    for (int i = 0; good && i < n; i++)
        good = json_is_string(json_array_get(list, (size_t)i));
    if (good)
        return list;
    json_decref(list);
    return NULL;
}

static int read_names(const SafetensorsFile *file, Forest *forest, Error *error) {
    json_t *inputs = name_list(file, "inputs", forest->inputs);
    json_t *classes = name_list(file, "classes", forest->classes);
    int status = 0, n = forest->inputs + forest->classes;
    if (inputs && classes) {
        const char **names = malloc((size_t)n * sizeof *names);
        for (int i = 0; names && i < n; i++)
            names[i] = json_string_value(
                i < forest->inputs ? json_array_get(inputs, (size_t)i)
                                   : json_array_get(classes, (size_t)(i - forest->inputs)));
        status = names ? forest_name(forest, names, names + forest->inputs, error)
                       : error_memory(error, "names", (size_t)n * sizeof *names);
        free(names);
    }
    json_decref(inputs);
    json_decref(classes);
    return status;
}

static Forest *read_forest(const SafetensorsFile *file, Error *error) {
    int trees = 0, nodes = 0, leaves = 0, inputs = 0, classes = 0;
    if (safetensors_expect_kind(file, kind, error))
        return NULL;
    if (sizes(file, "roots", 1, FOREST_TREES, &trees, NULL, error) ||
        sizes(file, "nodes.input", 1, FOREST_NODES, &nodes, NULL, error) ||
        sizes(file, "leaves", 2, FOREST_NODES, &leaves, &classes, error) ||
        sizes(file, "importance", 1, FOREST_INPUTS, &inputs, NULL, error))
        return NULL;
    if (classes < 2 || classes > FOREST_CLASSES) {
        error_set(error, "%d classes, expected 2 … %d", classes, FOREST_CLASSES);
        return NULL;
    }
    Tensors tensors = tensors_of(parameters_create_blank(), trees, nodes, leaves, inputs, classes);
    int status = tensors.all ? parameters_check(tensors.all, error)
                             : error_memory(error, "a forest", sizeof tensors);
    Forest *forest = NULL;
    if (!status && !(status = safetensors_read(file, tensors.all, error))) {
        const Tensor *damaged = parameters_first_not_finite(tensors.all);
        if (damaged)
            status = error_set(error, "'%s' holds a value that is not finite", damaged->name);
    }
    if (!status)
        forest = forest_create(trees, inputs, classes, error);
    if (forest) {
        forest->n_nodes = nodes;
        forest->n_leaves = leaves;
        forest->boosted = safetensors_metadata(file, "boosted") != NULL;
        forest->nodes = calloc((size_t)nodes + 1, sizeof *forest->nodes);
        forest->leaves = calloc((size_t)leaves + 1, (size_t)classes * sizeof *forest->leaves);
        if (!forest->nodes || !forest->leaves)
            status = error_memory(error, "a forest", (size_t)nodes * sizeof *forest->nodes);
        if (status || take(forest, &tensors, error) || read_names(file, forest, error)) {
            forest_destroy(forest);
            forest = NULL;
        }
    }
    parameters_destroy(tensors.all);
    return forest;
}

static Forest *load(SafetensorsFile *file, Error *error) {
    if (!file)
        return NULL;
    Forest *forest = read_forest(file, error);
    if (!forest)
        error_context(error, "%s", safetensors_name(file));
    safetensors_close(file);
    return forest;
}

Forest *forest_load(const char *path, Error *error) {
    return load(safetensors_open(path, error), error);
}

Forest *forest_load_bytes(const unsigned char *bytes, size_t size, const char *name, Error *error) {
    return load(safetensors_open_bytes(bytes, size, name, error), error);
}
