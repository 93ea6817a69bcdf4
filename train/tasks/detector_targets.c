#include "train/tasks/detector_targets.h"

#include <math.h>
#include <string.h>

/* Up to this many strides of a map its boxes' sides go (their geometric mean). */
#define LARGEST_STRIDES 5.0f

/* The map of a box whose side is `side`, as a real number: x.5 is the border to the next. */
static float level_of(float side) {
    float level = log2f(side / (LARGEST_STRIDES * (float)box_level_stride(0))) + 0.5f;
    return level < 0 ? 0 : level > BOX_LEVELS - 1 ? BOX_LEVELS - 1 : level;
}

static void mark(const TruthBox *truth, int level, int side, PositionTarget *map) {
    const ScoredBox *box = &truth->box;
    int stride = box_level_stride(level), columns = side / stride;
    float own = level_of(sqrtf(box->width * box->height));
    bool belongs = !truth->ignored && lrintf(own) == level;
    bool near_level = truth->ignored || fabsf(own - (float)level) < 0.9f;
    if (!near_level)
        return;
    float reach_x = fmaxf(0.5f * box->width / (float)stride, 1);
    float reach_y = fmaxf(0.5f * box->height / (float)stride, 1);
    for (int row = 0; row < columns; row++)
        for (int column = 0; column < columns; column++) {
            PositionTarget *target = &map[row * columns + column];
            float values[4];
            box_encode(box, stride, column, row, values);
            float x = fabsf(values[0]), y = fabsf(values[1]);
            if (belongs && x < 1 && y < 1) {
                /* Of two boxes the nearer centre has the position. */
                bool taken = target->kind == POSITION_FOUND &&
                             fabsf(target->values[0]) + fabsf(target->values[1]) <= x + y;
                if (!taken) {
                    target->kind = POSITION_FOUND;
                    memcpy(target->values, values, sizeof values);
                }
            } else if (target->kind == POSITION_EMPTY && x < reach_x && y < reach_y) {
                float share = truth->ignored ? 1 : 0.6f;
                if (x < fmaxf(share * reach_x, 1.5f) && y < fmaxf(share * reach_y, 1.5f))
                    target->kind = POSITION_LEFT_OUT;
            }
        }
}

void detector_targets(const TruthBox *boxes, int n_boxes, int n, int image, int side,
                      PositionTarget *targets) {
    for (int level = 0; level < BOX_LEVELS; level++) {
        int positions = box_level_positions(level, side, side);
        PositionTarget *map = targets + (size_t)image * (size_t)positions;
        memset(map, 0, (size_t)positions * sizeof *map);
        for (int i = 0; i < n_boxes; i++)
            mark(&boxes[i], level, side, map);
        targets += (size_t)n * (size_t)positions;
    }
}
