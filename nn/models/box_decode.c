#include "nn/models/box_decode.h"

#include <math.h>
#include <stdlib.h>

enum { CANDIDATES = 4096 }; /* of which the suppression chooses, at most */

int box_level_stride(int level) {
    return 8 << level;
}

int box_level_positions(int level, int height, int width) {
    return (height / box_level_stride(level)) * (width / box_level_stride(level));
}

void box_encode(const ScoredBox *box, int stride, int column, int row, float values[4]) {
    values[0] = (box->x + 0.5f * box->width) / (float)stride - ((float)column + 0.5f);
    values[1] = (box->y + 0.5f * box->height) / (float)stride - ((float)row + 0.5f);
    values[2] = logf(box->width / (float)stride);
    values[3] = logf(box->height / (float)stride);
}

ScoredBox box_decode(const float values[BOX_VALUES], int stride, int column, int row) {
    float pixels = (float)stride;
    float width = pixels * expf(fminf(values[3], 9)), height = pixels * expf(fminf(values[4], 9));
    float x = pixels * ((float)column + 0.5f + values[1]);
    float y = pixels * ((float)row + 0.5f + values[2]);
    return (ScoredBox){x - 0.5f * width, y - 0.5f * height, width, height,
                       1 / (1 + expf(-values[0]))};
}

/* The length that the intervals from a and b, so long, have in common; negative: the gap. */
static float common_length(float a, float a_length, float b, float b_length) {
    float first = a > b ? a : b, a_end = a + a_length, b_end = b + b_length;
    return (a_end < b_end ? a_end : b_end) - first;
}

float scored_box_overlap(const ScoredBox *a, const ScoredBox *b) {
    float width = common_length(a->x, a->width, b->x, b->width);
    float height = common_length(a->y, a->height, b->y, b->height);
    if (!(width > 0) || !(height > 0))
        return 0;
    float common = width * height;
    return common / (a->width * a->height + b->width * b->height - common);
}

static int best_first(const void *a, const void *b) {
    const ScoredBox *first = a, *second = b;
    if (first->score != second->score)
        return first->score > second->score ? -1 : 1;
    if (first->y != second->y)
        return first->y < second->y ? -1 : 1;
    return (first->x > second->x) - (first->x < second->x);
}

int box_suppress(ScoredBox *boxes, int n, float overlap, int most) {
    qsort(boxes, (size_t)n, sizeof *boxes, best_first);
    int kept = 0;
    for (int i = 0; i < n && kept < most; i++) {
        int k = 0;
        while (k < kept && scored_box_overlap(&boxes[k], &boxes[i]) <= overlap)
            k++;
        if (k == kept)
            boxes[kept++] = boxes[i];
    }
    return kept;
}

/* Adds a box; where there is no room, the least likely one makes way. */
static int add_candidate(ScoredBox found[CANDIDATES], int n, ScoredBox box) {
    if (n < CANDIDATES) {
        found[n] = box;
        return n + 1;
    }
    int least = 0;
    for (int i = 1; i < CANDIDATES; i++)
        if (found[i].score < found[least].score)
            least = i;
    if (found[least].score < box.score)
        found[least] = box;
    return n;
}

int box_network_decode(const float *values, int n, int image, int height, int width, float score,
                       float overlap, ScoredBox *boxes, int most) {
    ScoredBox found[CANDIDATES];
    float least = logf(score / (1 - score));
    int n_found = 0;
    for (int level = 0; level < BOX_LEVELS; level++) {
        int stride = box_level_stride(level), columns = width / stride;
        int positions = box_level_positions(level, height, width);
        const float *map = values + (size_t)image * positions * BOX_VALUES;
        for (int p = 0; p < positions; p++)
            if (map[(size_t)p * BOX_VALUES] >= least)
                n_found = add_candidate(
                    found, n_found,
                    box_decode(map + (size_t)p * BOX_VALUES, stride, p % columns, p / columns));
        values += (size_t)n * positions * BOX_VALUES;
    }
    n_found = box_suppress(found, n_found, overlap, most);
    for (int i = 0; i < n_found; i++)
        boxes[i] = found[i];
    return n_found;
}
