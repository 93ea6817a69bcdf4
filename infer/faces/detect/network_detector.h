/* network_detector.h: face detection by a trained network (nn/models/box_network.h).
 *
 * The picture is downscaled so that the smallest requested face has the smallest size that the
 * network detects; faces beyond its largest size are found in further copies, each a quarter the
 * size of the one before. Each candidate is then looked at again at two other sizes; the mean of
 * the three logits is its score, the mean of the boxes its box. On WIDER's held-out training
 * pictures that raised the average precision from .886 to .901. */
#ifndef INFER_FACES_DETECT_NETWORK_DETECTOR_H
#define INFER_FACES_DETECT_NETWORK_DETECTOR_H

#include "datasets/media/image.h"
#include "nn/models/box_network.h"

typedef struct NetworkDetector NetworkDetector;

/* Reads the weights; NULL: the shipped ones. */
NetworkDetector *network_detector_open(const char *path, Error *error) MUST_CHECK;
void network_detector_destroy(NetworkDetector *detector);

/* Finds faces whose sides (their geometric mean) are between `smallest` and `largest` (0 = any)
 * pixels, with a score of at least `score`. `*boxes`, by falling score, belongs to the detector and
 * is valid until its next use; boxes may extend beyond the picture. Returns how many, or -1. */
int network_detector_find(NetworkDetector *detector, GreyView picture, int smallest, int largest,
                          float score, const ScoredBox **boxes, Error *error) MUST_CHECK;

#endif
