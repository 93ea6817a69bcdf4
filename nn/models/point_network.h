/* point_network.h: a small network that predicts landmarks in a grey picture of a known object.
 *
 * A stem and separable blocks shrink the picture of POINT_SIDE × POINT_SIDE to a map of 4×4, from
 * which a linear layer predicts the coordinates of every point. */
#ifndef NN_MODELS_POINT_NETWORK_H
#define NN_MODELS_POINT_NETWORK_H

#include "nn/io/safetensors.h"
#include "nn/models/separable.h"

enum { POINT_SIDE = 64, POINT_NETWORK_MOST = 256 };

typedef struct PointNetworkInfo {
    int points;      /* 1 … POINT_NETWORK_MOST */
    int width;       /* channels of the last map, a multiple of 8: 16 … 256 */
    float mean, std; /* the input is (grey / 255 - mean) / std */
} PointNetworkInfo;

typedef struct PointNetwork PointNetwork;

PointNetwork *point_network_create(const PointNetworkInfo *info, Rng rng, Error *error) MUST_CHECK;
void point_network_destroy(PointNetwork *network);
Parameters *point_network_parameters(const PointNetwork *network);
const PointNetworkInfo *point_network_info(const PointNetwork *network);

/* Sets the prediction before training: x, y of each point (2·points values). */
void point_network_start(PointNetwork *network, const float *places);

/* x (N,POINT_SIDE,POINT_SIDE,1) → (N, 2·points): x and y of each point, 0 at the picture's centre
 * and ±0.5 at its edges. */
Tensor *point_network_forward(const PointNetwork *network, Tape *tape, Tensor *x);

/* As in image_classifier.h. Files have half precision. */
int64_t point_network_multiply_adds(const PointNetwork *network);
int point_network_fold(PointNetwork *network, Error *error) MUST_CHECK;
int point_network_save(const PointNetwork *network, const char *path, json_t *extra,
                       Error *error) MUST_CHECK;
PointNetwork *point_network_load(const char *path, Error *error) MUST_CHECK;

#endif
