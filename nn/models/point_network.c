#include "nn/models/point_network.h"

#include "nn/io/model_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 7, LAST_SIDE = 4 };

/* Channels in eighths of the width, and whether the unit halves the picture. */
static const struct {
    int inputs, outputs;
    bool pool;
} plan[UNITS] = {{1, 3, true},  {3, 5, false}, {5, 5, true}, {5, 8, false},
                 {8, 8, false}, {8, 8, true},  {8, 8, false}};

struct PointNetwork {
    PointNetworkInfo info;
    Parameters *parameters, *folded;
    ConvNorm stem;
    Separable unit[UNITS];
    Linear places;
};

static PointNetwork *build(const PointNetworkInfo *info, Parameters *parameters, Rng rng,
                           Error *error) {
    PointNetwork *network = calloc(1, sizeof *network);
    if (!network || !parameters) {
        free(network);
        parameters_destroy(parameters);
        error_memory(error, "a network", sizeof *network);
        return NULL;
    }
    network->info = *info;
    network->parameters = parameters;
    int eighth = info->width / 8;
    network->stem = conv_norm_create(parameters, "stem.conv", "stem.norm", 1, eighth, 3, true, rng);
    for (int i = 0; i < UNITS; i++) {
        char name[64];
        snprintf(name, sizeof name, "unit.%d", i);
        network->unit[i] = separable_create(parameters, name, plan[i].inputs * eighth,
                                            plan[i].outputs * eighth, rng);
    }
    network->places = linear_create(parameters, "places", LAST_SIDE * LAST_SIDE * info->width,
                                    2 * info->points, rng);
    if (parameters_check(parameters, error)) {
        point_network_destroy(network);
        return NULL;
    }
    return network;
}

PointNetwork *point_network_create(const PointNetworkInfo *info, Rng rng, Error *error) {
    if (info->points < 1 || info->points > POINT_NETWORK_MOST || info->width < 16 ||
        info->width > 256 || info->width % 8) {
        error_set(error,
                  "a network of %d points and %d channels, expected 1 to %d points and a multiple "
                  "of 8 from 16 to 256",
                  info->points, info->width, POINT_NETWORK_MOST);
        return NULL;
    }
    return build(info, parameters_create(), rng, error);
}

void point_network_destroy(PointNetwork *network) {
    if (!network)
        return;
    parameters_destroy(network->parameters);
    parameters_destroy(network->folded);
    free(network);
}

Parameters *point_network_parameters(const PointNetwork *network) {
    return network->parameters;
}

const PointNetworkInfo *point_network_info(const PointNetwork *network) {
    return &network->info;
}

void point_network_start(PointNetwork *network, const float *places) {
    memcpy(network->places.bias->data, places, (size_t)network->info.points * 2 * sizeof *places);
}

Tensor *point_network_forward(const PointNetwork *network, Tape *tape, Tensor *x) {
    x = conv_norm_pool_forward(&network->stem, tape, x);
    for (int i = 0; i < UNITS; i++) {
        Tensor *y = separable_forward(&network->unit[i], tape, x, plan[i].pool);
        tape_forget(tape, x);
        x = y;
    }
    if (!x)
        return NULL;
    Tensor *flat =
        op_reshape(tape, x, shape(x->shape.size[0], LAST_SIDE * LAST_SIDE * network->info.width));
    return linear_forward(&network->places, tape, flat);
}

int64_t point_network_multiply_adds(const PointNetwork *network) {
    int side = POINT_SIDE;
    int64_t total = (int64_t)side * side * (int64_t)tensor_count(network->stem.weight);
    side /= 2;
    for (int i = 0; i < UNITS; i++) {
        total += (int64_t)side * side * separable_multiply_adds(&network->unit[i]);
        side /= plan[i].pool ? 2 : 1;
    }
    return total + (int64_t)tensor_count(network->places.weight);
}

int point_network_fold(PointNetwork *network, Error *error) {
    if (network->folded)
        return 0;
    network->folded = parameters_create();
    conv_norm_fold(&network->stem, POINT_SIDE, network->folded);
    for (int i = 0; i < UNITS; i++)
        separable_fold(&network->unit[i], network->folded);
    return parameters_check_folded(network->parameters, network->folded, error);
}

/* ------------------------------------------------------------------ files */

static const char kind[] = "point_network";
static const ModelField fields[] = {
    MODEL_INTEGER(PointNetworkInfo, points, 1, POINT_NETWORK_MOST),
    MODEL_INTEGER(PointNetworkInfo, width, 16, 256),
    MODEL_FLOAT(PointNetworkInfo, mean, -1e6, 1e6),
    MODEL_FLOAT(PointNetworkInfo, std, 1e-6, 1e6),
};
enum { FIELDS = sizeof fields / sizeof *fields };

int point_network_save(const PointNetwork *network, const char *path, json_t *extra, Error *error) {
    json_t *metadata = model_info_metadata(extra, kind, fields, FIELDS, &network->info);
    int status =
        safetensors_save(path, SAFETENSORS_HALF, 1,
                         (const Parameters *const[]){network->parameters}, metadata, error);
    json_decref(metadata);
    return status;
}

PointNetwork *point_network_load(const char *path, Error *error) {
    SafetensorsFile *file = safetensors_open(path, error);
    if (!file)
        return NULL;
    PointNetworkInfo info = {0};
    PointNetwork *network = NULL;
    if (!model_info_read(file, kind, fields, FIELDS, &info, error)) {
        if (info.width % 8)
            error_set(error, "%s: metadata 'width' is %d, expected a multiple of 8", path,
                      info.width);
        else
            network = build(&info, parameters_create_blank(), rng_seed(0), error);
    }
    if (network && safetensors_read(file, network->parameters, error)) {
        point_network_destroy(network);
        network = NULL;
    }
    safetensors_close(file);
    return network;
}
