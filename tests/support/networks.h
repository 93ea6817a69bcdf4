/* networks.h: untrained face networks for tests, with running statistics and norms that are not
 * the identity, as after training. */
#ifndef TESTS_SUPPORT_NETWORKS_H
#define TESTS_SUPPORT_NETWORKS_H

#include "nn/models/image_classifier.h"

/* The seven emotions, 48×48 pixels, mean 0.5, deviation 0.25, temperature 1. */
ImageClassifierInfo network_info(const char *arch);

/* Builds it (caller destroys); failing fails the test. */
ImageClassifier *network_create(const ImageClassifierInfo *info, uint64_t seed);

/* Builds it, saves it as scratch_path(name) and returns the path. */
const char *network_save(const ImageClassifierInfo *info, uint64_t seed, const char *name);

/* Fills n faces of 48×48 pixels with blobs that differ from face to face. */
void network_faces(uint8_t *faces, int n, uint64_t seed);

#endif
