/* detector_targets.h: training targets of a box network, position by position.
 *
 * A box is assigned to the map whose stride matches its size; there the positions near its centre
 * (within one stride) are positive. The other positions near its centre, on this map and its
 * neighbours, are excluded from the loss. All others are negative. */
#ifndef TRAIN_TASKS_DETECTOR_TARGETS_H
#define TRAIN_TASKS_DETECTOR_TARGETS_H

#include "datasets/detection/box_set.h"

#include <stdint.h>

typedef enum PositionKind { POSITION_EMPTY, POSITION_LEFT_OUT, POSITION_FOUND } PositionKind;

typedef struct PositionTarget {
    PositionKind kind;
    float values[4]; /* of a positive position, as from box_encode */
} PositionTarget;

/* Targets of picture `image` of `n` of side × side, in the order of box_network_forward. */
void detector_targets(const TruthBox *boxes, int n_boxes, int n, int image, int side,
                      PositionTarget *targets);

#endif
