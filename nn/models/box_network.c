#include "nn/models/box_network.h"

#include "nn/io/model_info.h"

#include <stdio.h>
#include <stdlib.h>

/* Units before the first map, each of which halves the picture, and in each of the three maps. */
enum { UNITS = 2 };

/* A fresh network holds every position for empty: the losses of the many empty ones would drown the
 * rest else (Lin et al. 2017, with their prior of 0.01). */
#define PRIOR_LOGIT (-4.6f)

struct BoxNetwork {
    BoxNetworkInfo info;
    Parameters *parameters, *folded;
    ConvNorm stem;
    Separable early[UNITS];
    Separable stage[BOX_LEVELS][UNITS];
    Separable neck[BOX_LEVELS];
    Linear head[BOX_LEVELS];
};

static BoxNetwork *build(const BoxNetworkInfo *info, Parameters *parameters, Rng rng,
                         Error *error) {
    BoxNetwork *network = calloc(1, sizeof *network);
    if (!network || !parameters) {
        free(network);
        parameters_destroy(parameters);
        error_memory(error, "a network", sizeof *network);
        return NULL;
    }
    network->info = *info;
    network->parameters = parameters;
    int width = info->width;
    char name[64];
    network->stem =
        conv_norm_create(parameters, "stem.conv", "stem.norm", 1, width / 8, 3, true, rng);
    for (int i = 0; i < UNITS; i++) {
        snprintf(name, sizeof name, "early.%d", i);
        network->early[i] =
            separable_create(parameters, name, width >> (3 - i), width >> (2 - i), rng);
    }
    for (int level = 0; level < BOX_LEVELS; level++) {
        for (int i = 0; i < UNITS; i++) {
            snprintf(name, sizeof name, "stage.%d.%d", level, i);
            network->stage[level][i] =
                separable_create(parameters, name, level || i ? width : width / 2, width, rng);
        }
        snprintf(name, sizeof name, "neck.%d", level);
        network->neck[level] = separable_create(parameters, name, width, width, rng);
        snprintf(name, sizeof name, "head.%d", level);
        network->head[level] = linear_create(parameters, name, width, BOX_VALUES, rng);
        if (network->head[level].bias && network->head[level].bias->data)
            network->head[level].bias->data[0] = PRIOR_LOGIT;
    }
    if (parameters_check(parameters, error)) {
        box_network_destroy(network);
        return NULL;
    }
    return network;
}

BoxNetwork *box_network_create(const BoxNetworkInfo *info, Rng rng, Error *error) {
    if (info->width < 16 || info->width > 256 || info->width % 16) {
        error_set(error, "a network of %d channels, expected a multiple of 16 from 16 to 256",
                  info->width);
        return NULL;
    }
    return build(info, parameters_create(), rng, error);
}

void box_network_destroy(BoxNetwork *network) {
    if (!network)
        return;
    parameters_destroy(network->parameters);
    parameters_destroy(network->folded);
    free(network);
}

Parameters *box_network_parameters(const BoxNetwork *network) {
    return network->parameters;
}

const BoxNetworkInfo *box_network_info(const BoxNetwork *network) {
    return &network->info;
}

/* A unit in place of x, which is forgotten. */
static Tensor *unit(const Separable *layer, Tape *tape, Tensor *x, bool max_pool) {
    Tensor *y = separable_forward(layer, tape, x, max_pool);
    tape_forget(tape, x);
    return y;
}

static Tensor *level_values(const BoxNetwork *network, Tape *tape, Tensor *x, int level) {
    Tensor *values =
        linear_forward(&network->head[level], tape, unit(&network->neck[level], tape, x, false));
    if (!values)
        return NULL;
    return op_reshape(tape, values, shape(-1, BOX_VALUES));
}

/* The sum of a map and the coarser one, at twice its size. */
static Tensor *merge(Tape *tape, Tensor *fine, Tensor *coarse) {
    Tensor *large = op_upsample(tape, coarse);
    Tensor *sum = op_add(tape, fine, large);
    tape_forget(tape, large);
    tape_forget(tape, fine);
    return sum;
}

Tensor *box_network_forward(const BoxNetwork *network, Tape *tape, Tensor *x) {
    Tensor *maps[BOX_LEVELS], *values[BOX_LEVELS];
    x = conv_norm_pool_forward(&network->stem, tape, x);
    for (int i = 0; i < UNITS; i++)
        x = unit(&network->early[i], tape, x, true);
    for (int level = 0; level < BOX_LEVELS; level++) {
        if (level) {
            Tensor *pooled = op_max_pool(tape, x, (Pool){.size = 2});
            x = unit(&network->stage[level][0], tape, pooled, false);
        } else {
            x = unit(&network->stage[level][0], tape, x, false);
        }
        for (int i = 1; i < UNITS; i++)
            x = unit(&network->stage[level][i], tape, x, false);
        maps[level] = x;
    }
    for (int level = BOX_LEVELS - 2; level >= 0; level--)
        maps[level] = merge(tape, maps[level], maps[level + 1]);
    for (int level = 0; level < BOX_LEVELS; level++)
        values[level] = level_values(network, tape, maps[level], level);
    return op_concat(tape, values, BOX_LEVELS, 0);
}

int box_network_fold(BoxNetwork *network, Error *error) {
    if (network->folded)
        return 0;
    network->folded = parameters_create();
    conv_norm_fold(&network->stem, 0, network->folded);
    for (int i = 0; i < UNITS; i++)
        separable_fold(&network->early[i], network->folded);
    for (int level = 0; level < BOX_LEVELS; level++) {
        for (int i = 0; i < UNITS; i++)
            separable_fold(&network->stage[level][i], network->folded);
        separable_fold(&network->neck[level], network->folded);
    }
    return parameters_check_folded(network->parameters, network->folded, error);
}

int64_t box_network_multiply_adds(const BoxNetwork *network, int height, int width) {
    int64_t pixels = (int64_t)height * width;
    int64_t total = pixels * (int64_t)tensor_count(network->stem.weight);
    for (int i = 0; i < UNITS; i++)
        total += (pixels >> (2 + 2 * i)) * separable_multiply_adds(&network->early[i]);
    for (int level = 0; level < BOX_LEVELS; level++) {
        int64_t positions = box_level_positions(level, height, width);
        for (int i = 0; i < UNITS; i++)
            total += positions * separable_multiply_adds(&network->stage[level][i]);
        total += positions * (separable_multiply_adds(&network->neck[level]) +
                              (int64_t)tensor_count(network->head[level].weight));
    }
    return total;
}

/* ------------------------------------------------------------------ files */

static const char kind[] = "box_network";
static const ModelField fields[] = {
    MODEL_INTEGER(BoxNetworkInfo, width, 16, 256),
    MODEL_FLOAT(BoxNetworkInfo, mean, -1e6, 1e6),
    MODEL_FLOAT(BoxNetworkInfo, std, 1e-6, 1e6),
};
enum { FIELDS = sizeof fields / sizeof *fields };

int box_network_save(const BoxNetwork *network, const char *path, json_t *extra, Error *error) {
    json_t *metadata = model_info_metadata(extra, kind, fields, FIELDS, &network->info);
    int status =
        safetensors_save(path, SAFETENSORS_FULL, 1,
                         (const Parameters *const[]){network->parameters}, metadata, error);
    json_decref(metadata);
    return status;
}

static BoxNetwork *load(SafetensorsFile *file, Error *error) {
    if (!file)
        return NULL;
    BoxNetworkInfo info = {0};
    BoxNetwork *network = NULL;
    if (!model_info_read(file, kind, fields, FIELDS, &info, error)) {
        if (info.width % 16)
            error_set(error, "%s: metadata 'width' is %d, expected a multiple of 16",
                      safetensors_name(file), info.width);
        else
            network = build(&info, parameters_create_blank(), rng_seed(0), error);
    }
    if (network && safetensors_read(file, network->parameters, error)) {
        box_network_destroy(network);
        network = NULL;
    }
    safetensors_close(file);
    return network;
}

BoxNetwork *box_network_load(const char *path, Error *error) {
    return load(safetensors_open(path, error), error);
}

BoxNetwork *box_network_load_bytes(const unsigned char *bytes, size_t size, const char *name,
                                   Error *error) {
    return load(safetensors_open_bytes(bytes, size, name, error), error);
}
