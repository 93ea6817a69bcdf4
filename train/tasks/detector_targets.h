/* detector_targets.h: what a box network should say of a window, position by position.
 *
 * A box belongs to the map whose positions lie as far apart as suits its size; there the positions
 * near its centre (within one stride) shall find it. The other positions near its centre, of this
 * map and its neighbours, are left out of the loss. All the rest shall find nothing. */
#ifndef TRAIN_TASKS_DETECTOR_TARGETS_H
#define TRAIN_TASKS_DETECTOR_TARGETS_H

#include "datasets/faces/box_set.h"

#include <stdint.h>

typedef enum PositionKind { POSITION_EMPTY, POSITION_LEFT_OUT, POSITION_FOUND } PositionKind;

typedef struct PositionTarget {
    PositionKind kind;
    float values[4]; /* of a position that finds a box, as box_encode has them */
} PositionTarget;

/* Targets of picture `image` of `n` of side × side, in the order of box_network_forward. */
void detector_targets(const TruthBox *boxes, int n_boxes, int n, int image, int side,
                      PositionTarget *targets);

#endif
