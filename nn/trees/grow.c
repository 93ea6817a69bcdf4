#include "nn/trees/grow.h"

#include "nn/base/array.h"
#include "nn/trees/grow_queue.h"
#include "nn/trees/ranks.h"

#include <stdlib.h>
#include <string.h>

/* Impurities nearer than this share of a node's weight are the same: a split must gain more. */
#define LEAST_GAIN 1e-12

typedef struct Grower {
    const RankedTable *table;
    const GrowSettings *settings;
    const uint8_t *times;
    GrownTree *tree;
    GrowQueue queue;
    uint64_t *keys;    /* of a node's rows: rank in the upper half, row in the lower */
    double *histogram; /* (ranks, classes) */
    uint32_t *counts;  /* (ranks) rows of the sample */
    size_t histogram_ranks;
    int *order; /* of the inputs, drawn from the front */
    Rng rng;
} Grower;

/* ------------------------------------------------------------------ the two sides of a split */

typedef struct Side {
    double class[TREE_CLASSES];
    double weight, squares; /* sum over classes, and of their squares */
    int64_t count;
} Side;

static void side_add(Side *side, int class, double weight) {
    side->squares += weight * (2 * side->class[class] + weight);
    side->class[class] += weight;
    side->weight += weight;
}

/* What is left of the node's weight when its impurity is taken away: larger is purer. */
static double purity(const Side *side) {
    return side->weight > 0 ? side->squares / side->weight : 0;
}

static void consider(const Grower *grower, const Side *left, const Side *right, double whole,
                     int input, uint32_t rank, uint32_t above, Split *best) {
    int leaf = grower->settings->leaf;
    if (left->count < leaf || right->count < leaf)
        return;
    double gain = purity(left) + purity(right) - whole;
    if (gain > best->gain)
        *best = (Split){input, rank, above, gain};
}

static void move_row(const Grower *grower, uint32_t row, Side *left, Side *right) {
    int class = grower->table->labels[row], times = grower->times[row];
    double weight = grower->table->weights[class] * times;
    side_add(left, class, weight);
    side_add(right, class, -weight);
    left->count += times;
    right->count -= times;
}

/* ------------------------------------------------------------------ searching an input */

static void sort_keys(uint64_t *keys, long n) {
    while (n > 24) {
        uint64_t a = keys[0], b = keys[n / 2], c = keys[n - 1];
        uint64_t pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        long i = 0, j = n - 1;
        while (i <= j) {
            while (keys[i] < pivot)
                i++;
            while (keys[j] > pivot)
                j--;
            if (i <= j) {
                uint64_t swap = keys[i];
                keys[i++] = keys[j];
                keys[j--] = swap;
            }
        }
        if (j + 1 < n - i) {
            sort_keys(keys, j + 1);
            keys += i;
            n -= i;
        } else {
            sort_keys(keys + i, n - i);
            n = j + 1;
        }
    }
    for (long i = 1; i < n; i++) {
        uint64_t key = keys[i];
        long j = i;
        for (; j > 0 && keys[j - 1] > key; j--)
            keys[j] = keys[j - 1];
        keys[j] = key;
    }
}

static void search_sorted(Grower *grower, const GrowTask *task, const Side *node, int input,
                          Split *best) {
    const uint32_t *ranks = grower->table->ranks + (size_t)input * (size_t)grower->table->rows;
    const uint32_t *rows = grower->queue.rows + task->first;
    uint64_t *keys = grower->keys;
    for (int i = 0; i < task->count; i++)
        keys[i] = (uint64_t)ranks[rows[i]] << 32 | rows[i];
    sort_keys(keys, task->count);
    Side left = {0}, right = *node;
    double whole = purity(node);
    for (int i = 0; i + 1 < task->count; i++) {
        move_row(grower, (uint32_t)keys[i], &left, &right);
        uint32_t rank = (uint32_t)(keys[i] >> 32), above = (uint32_t)(keys[i + 1] >> 32);
        if (rank != above)
            consider(grower, &left, &right, whole, input, rank, above, best);
    }
}

static void search_counted(Grower *grower, const GrowTask *task, const Side *node, int input,
                           Split *best) {
    const RankedTable *table = grower->table;
    const uint32_t *ranks = table->ranks + (size_t)input * (size_t)table->rows;
    const uint32_t *rows = grower->queue.rows + task->first;
    size_t n_ranks = (size_t)table->n_ranks[input], classes = (size_t)table->classes;
    memset(grower->histogram, 0, n_ranks * classes * sizeof *grower->histogram);
    memset(grower->counts, 0, n_ranks * sizeof *grower->counts);
    for (int i = 0; i < task->count; i++) {
        uint32_t row = rows[i], rank = ranks[row];
        int class = table->labels[row];
        grower->histogram[rank * classes + (size_t) class] +=
            table->weights[class] * grower->times[row];
        grower->counts[rank] += grower->times[row];
    }
    Side left = {0}, right = *node;
    double whole = purity(node);
    size_t below = 0;
    for (size_t rank = 0; rank < n_ranks && right.count > 0; rank++) {
        if (!grower->counts[rank])
            continue;
        if (left.count > 0)
            consider(grower, &left, &right, whole, input, (uint32_t)below, (uint32_t)rank, best);
        for (size_t class = 0; class < classes; class ++) {
            double weight = grower->histogram[rank * classes + class];
            side_add(&left, (int)class, weight);
            side_add(&right, (int)class, -weight);
        }
        left.count += grower->counts[rank];
        right.count -= grower->counts[rank];
        below = rank;
    }
}

/* Counting costs a pass over all ranks, sorting one over the rows for each of their binary digits.
 */
static bool counting_is_cheaper(const Grower *grower, int input, int count) {
    size_t n_ranks = (size_t)grower->table->n_ranks[input];
    return n_ranks <= grower->histogram_ranks && (size_t)count * 2 > n_ranks;
}

static bool is_constant(const Grower *grower, const GrowTask *task, int input) {
    const uint32_t *ranks = grower->table->ranks + (size_t)input * (size_t)grower->table->rows;
    const uint32_t *rows = grower->queue.rows + task->first;
    for (int i = 1; i < task->count; i++)
        if (ranks[rows[i]] != ranks[rows[0]])
            return false;
    return true;
}

/* Draws inputs until enough that vary in the node were tried, and one could be split. */
static Split search(Grower *grower, const GrowTask *task, const Side *node) {
    Split best = {.input = -1, .gain = LEAST_GAIN * node->weight};
    Rng rng = rng_split(grower->rng, (uint64_t)task->node);
    int inputs = grower->table->inputs, tried = 0;
    for (int i = 0; i < inputs && (tried < grower->settings->inputs || best.input < 0); i++) {
        int j = i + (int)rng_below(rng, (uint64_t)i, (uint32_t)(inputs - i));
        int input = grower->order[j];
        grower->order[j] = grower->order[i];
        grower->order[i] = input;
        if (is_constant(grower, task, input))
            continue;
        tried++;
        if (counting_is_cheaper(grower, input, task->count))
            search_counted(grower, task, node, input, &best);
        else
            search_sorted(grower, task, node, input, &best);
    }
    return best;
}

/* ------------------------------------------------------------------ growing */

static int make_leaf(Grower *grower, const GrowTask *task, const Side *node, Error *error) {
    GrownTree *tree = grower->tree;
    float *leaf = grown_tree_add_leaf(tree, task->node, grower->table->classes, error);
    for (int class = 0; leaf && class < grower->table->classes; class ++)
        leaf[class] = (float)(node->class[class] / node->weight);
    return leaf ? 0 : -1;
}

static int grow_node(Grower *grower, const GrowTask *task, Error *error) {
    Side node = {0};
    int classes = 0;
    for (int i = 0; i < task->count; i++) {
        uint32_t row = grower->queue.rows[task->first + i];
        int class = grower->table->labels[row];
        classes += node.class[class] == 0;
        node.class[class] += grower->table->weights[class] * grower->times[row];
        node.count += grower->times[row];
    }
    for (int class = 0; class < grower->table->classes; class ++) {
        node.weight += node.class[class];
        node.squares += node.class[class] * node.class[class];
    }
    const GrowSettings *settings = grower->settings;
    Split split = {.input = -1};
    if (classes > 1 && node.count >= 2 * (int64_t)settings->leaf &&
        (!settings->depth || task->depth < settings->depth))
        split = search(grower, task, &node);
    if (split.input < 0)
        return make_leaf(grower, task, &node, error);
    return grow_queue_split(&grower->queue, task, &split,
                            grower->table->ranks +
                                (size_t)split.input * (size_t)grower->table->rows,
                            grower->tree, error);
}

static int prepare(Grower *grower, Error *error) {
    const RankedTable *table = grower->table;
    size_t rows = (size_t)table->rows;
    for (int i = 0; i < table->inputs; i++) {
        size_t ranks = (size_t)table->n_ranks[i];
        if (ranks > grower->histogram_ranks && ranks <= RANKS_MOST_BINS)
            grower->histogram_ranks = ranks;
    }
    size_t histogram = (grower->histogram_ranks + 1) * (size_t)table->classes;
    if (!ARRAY_RESIZE(grower->keys, rows) || !ARRAY_RESIZE(grower->histogram, histogram) ||
        !ARRAY_RESIZE(grower->counts, grower->histogram_ranks + 1) ||
        !ARRAY_RESIZE(grower->order, table->inputs) ||
        !(grower->tree->importance = calloc((size_t)table->inputs, sizeof(double))))
        return error_memory(error, "a tree", rows * sizeof *grower->keys);
    for (int i = 0; i < table->inputs; i++)
        grower->order[i] = i;
    if (grow_queue_begin(&grower->queue, grower->times, table->rows, grower->tree, error))
        return -1;
    return grower->queue.tasks[0].count ? 0 : error_set(error, "a tree of no rows");
}

int tree_grow(const RankedTable *table, const GrowSettings *settings, const uint8_t *times, Rng rng,
              GrownTree *tree, Error *error) {
    *tree = (GrownTree){0};
    Grower grower = {
        .table = table, .settings = settings, .times = times, .tree = tree, .rng = rng};
    int status = prepare(&grower, error);
    while (!status && grower.queue.n_tasks) {
        GrowTask task = grower.queue.tasks[--grower.queue.n_tasks];
        status = grow_node(&grower, &task, error);
    }
    grow_queue_free(&grower.queue);
    free(grower.keys);
    free(grower.histogram);
    free(grower.counts);
    free(grower.order);
    return status;
}
