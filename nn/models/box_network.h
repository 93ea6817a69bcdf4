/* box_network.h: a small network that detects objects of one kind in a grey picture.
 *
 * Anchor-free, after YuNet (Wu, Peng and Yu 2023) and FCOS (Tian et al. 2019). A stem and separable
 * blocks shrink the picture to maps of 1/8, 1/16 and 1/32 of its size; coarse maps are added to
 * finer ones (feature pyramid, Lin et al. 2017). At each position of each map a head predicts the
 * probability that an object of that map's sizes is centred there, and the object's box. */
#ifndef NN_MODELS_BOX_NETWORK_H
#define NN_MODELS_BOX_NETWORK_H

#include "nn/io/safetensors.h"
#include "nn/models/box_decode.h"
#include "nn/models/separable.h"

typedef struct BoxNetworkInfo {
    int width;       /* channels of the maps, a multiple of 16: 16 … 256 */
    float mean, std; /* the input is (grey / 255 - mean) / std */
} BoxNetworkInfo;

typedef struct BoxNetwork BoxNetwork;

BoxNetwork *box_network_create(const BoxNetworkInfo *info, Rng rng, Error *error) MUST_CHECK;
void box_network_destroy(BoxNetwork *network);
Parameters *box_network_parameters(const BoxNetwork *network);
const BoxNetworkInfo *box_network_info(const BoxNetwork *network);

/* x (N,H,W,1) → (N·positions, BOX_VALUES), map by map from the finest, each with all pictures in
 * order, row by row. */
Tensor *box_network_forward(const BoxNetwork *network, Tape *tape, Tensor *x);

/* Folds every norm into its convolution; the network can then no longer be trained or saved. Fails
 * when a weight is not finite. */
int box_network_fold(BoxNetwork *network, Error *error) MUST_CHECK;
/* Multiply-adds for a picture of height × width. */
int64_t box_network_multiply_adds(const BoxNetwork *network, int height, int width);

/* As in image_classifier.h. */
int box_network_save(const BoxNetwork *network, const char *path, json_t *extra,
                     Error *error) MUST_CHECK;
BoxNetwork *box_network_load(const char *path, Error *error) MUST_CHECK;
BoxNetwork *box_network_load_bytes(const unsigned char *bytes, size_t size, const char *name,
                                   Error *error) MUST_CHECK;

#endif
