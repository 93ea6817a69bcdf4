#include "nn/trees/boost_tree.h"

#include "nn/base/array.h"
#include "nn/trees/grow_queue.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* A split must gain more than this: less is rounding. */
#define LEAST_GAIN 1e-9

/* A thread's place for what the rows of each rank of an input add up to. */
typedef struct Histogram {
    double *sums;     /* (ranks, 2, classes) */
    uint32_t *counts; /* (ranks) */
} Histogram;

typedef struct Grower {
    const BoostTable *table;
    const BoostTreeSettings *settings;
    GrownTree *tree;
    GrowQueue queue;
    Histogram *histograms; /* (threads) */
    int threads;
    Split *splits; /* (inputs drawn) the best of each */
    int *order;    /* of the inputs, drawn from the front */
    Rng rng;
} Grower;

enum { WIDTH = 2 * TREE_CLASSES };

static void add(double *sums, const float *slopes, int width) {
    for (int i = 0; i < width; i++)
        sums[i] += (double)slopes[i];
}

/* Twice the loss that one step decreases, for rows of these sums. */
static double worth(const double *sums, int classes, double l2) {
    double all = 0;
    for (int class = 0; class < classes; class ++) {
        double curvature = sums[classes + class] + l2;
        all += curvature > 0 ? sums[class] * sums[class] / curvature : 0;
    }
    return all;
}

/* ------------------------------------------------------------------ searching */

static void count_rows(const Grower *grower, const GrowTask *task, int input,
                       Histogram *histogram) {
    const BoostTable *table = grower->table;
    size_t width = 2 * (size_t)table->classes, n_ranks = (size_t)table->n_ranks[input];
    const uint32_t *ranks = table->ranks + (size_t)input * (size_t)table->rows;
    const uint32_t *rows = grower->queue.rows + task->first;
    memset(histogram->sums, 0, n_ranks * width * sizeof *histogram->sums);
    memset(histogram->counts, 0, n_ranks * sizeof *histogram->counts);
    for (int i = 0; i < task->count; i++) {
        size_t row = rows[i], rank = ranks[row];
        add(histogram->sums + rank * width, table->slopes + row * width, (int)width);
        histogram->counts[rank]++;
    }
}

static Split search_input(const Grower *grower, const GrowTask *task, const double *node, int input,
                          Histogram *histogram) {
    const BoostTable *table = grower->table;
    int classes = table->classes, width = 2 * classes, left_count = 0;
    double left[WIDTH] = {0}, right[WIDTH];
    double l2 = grower->settings->l2, whole = worth(node, classes, l2);
    Split best = {.input = -1, .gain = LEAST_GAIN};
    uint32_t below = 0;
    count_rows(grower, task, input, histogram);
    for (uint32_t rank = 0; left_count < task->count; rank++) {
        if (!histogram->counts[rank])
            continue;
        if (left_count >= grower->settings->leaf &&
            task->count - left_count >= grower->settings->leaf) {
            for (int i = 0; i < width; i++)
                right[i] = node[i] - left[i];
            double gain = worth(left, classes, l2) + worth(right, classes, l2) - whole;
            if (gain > best.gain)
                best = (Split){input, below, rank, gain};
        }
        for (int i = 0; i < width; i++)
            left[i] += histogram->sums[(size_t)rank * (size_t)width + (size_t)i];
        left_count += (int)histogram->counts[rank];
        below = rank;
    }
    return best;
}

/* The best split of the inputs drawn for the node; of equal ones the one drawn first. */
static Split search(Grower *grower, const GrowTask *task, const double *node) {
    Rng rng = rng_split(grower->rng, (uint64_t)task->node);
    int inputs = grower->table->inputs, drawn = grower->settings->inputs;
    for (int i = 0; i < drawn; i++) {
        int j = i + (int)rng_below(rng, (uint64_t)i, (uint32_t)(inputs - i));
        int input = grower->order[j];
        grower->order[j] = grower->order[i];
        grower->order[i] = input;
    }
#pragma omp parallel for schedule(dynamic) num_threads(grower->threads)
    for (int i = 0; i < drawn; i++)
        grower->splits[i] = search_input(grower, task, node, grower->order[i],
                                         &grower->histograms[omp_get_thread_num()]);
    Split best = {.input = -1};
    for (int i = 0; i < drawn; i++)
        if (grower->splits[i].input >= 0 && grower->splits[i].gain > best.gain)
            best = grower->splits[i];
    return best;
}

/* ------------------------------------------------------------------ growing */

static int make_leaf(Grower *grower, const GrowTask *task, const double *node, Error *error) {
    const BoostTreeSettings *settings = grower->settings;
    int classes = grower->table->classes;
    float *leaf = grown_tree_add_leaf(grower->tree, task->node, classes, error);
    for (int class = 0; leaf && class < classes; class ++) {
        double curvature = node[classes + class] + settings->l2;
        leaf[class] = curvature > 0 ? (float)(-settings->rate * node[class] / curvature) : 0;
    }
    return leaf ? 0 : -1;
}

static int grow_node(Grower *grower, const GrowTask *task, Error *error) {
    const BoostTreeSettings *settings = grower->settings;
    int width = 2 * grower->table->classes;
    double node[WIDTH] = {0};
    for (int i = 0; i < task->count; i++)
        add(node,
            grower->table->slopes + (size_t)grower->queue.rows[task->first + i] * (size_t)width,
            width);
    Split split = {.input = -1};
    if (task->depth < settings->depth && task->count >= 2 * settings->leaf)
        split = search(grower, task, node);
    if (split.input < 0)
        return make_leaf(grower, task, node, error);
    return grow_queue_split(&grower->queue, task, &split,
                            grower->table->ranks +
                                (size_t)split.input * (size_t)grower->table->rows,
                            grower->tree, error);
}

static int prepare_histograms(Grower *grower, Error *error) {
    const BoostTable *table = grower->table;
    size_t most = 1;
    for (int i = 0; i < table->inputs; i++)
        if ((size_t)table->n_ranks[i] > most)
            most = (size_t)table->n_ranks[i];
    size_t sums = most * 2 * (size_t)table->classes;
    grower->threads = omp_get_max_threads();
    grower->histograms = calloc((size_t)grower->threads, sizeof *grower->histograms);
    for (int i = 0; grower->histograms && i < grower->threads; i++) {
        Histogram *histogram = &grower->histograms[i];
        histogram->sums = malloc(sums * sizeof *histogram->sums);
        histogram->counts = malloc(most * sizeof *histogram->counts);
        if (!histogram->sums || !histogram->counts)
            return error_memory(error, "a histogram", sums * sizeof *histogram->sums);
    }
    return grower->histograms ? 0 : error_memory(error, "histograms", sizeof *grower->histograms);
}

static int prepare(Grower *grower, Error *error) {
    const BoostTable *table = grower->table;
    if (prepare_histograms(grower, error))
        return -1;
    if (!ARRAY_RESIZE(grower->order, table->inputs) ||
        !ARRAY_RESIZE(grower->splits, grower->settings->inputs) ||
        !(grower->tree->importance = calloc((size_t)table->inputs, sizeof(double))))
        return error_memory(error, "a tree", (size_t)table->rows * sizeof *grower->order);
    for (int i = 0; i < table->inputs; i++)
        grower->order[i] = i;
    return grow_queue_begin(&grower->queue, table->used, table->rows, grower->tree, error);
}

int boost_tree_grow(const BoostTable *table, const BoostTreeSettings *settings, Rng rng,
                    GrownTree *tree, Error *error) {
    *tree = (GrownTree){0};
    Grower grower = {.table = table, .settings = settings, .tree = tree, .rng = rng};
    int status = prepare(&grower, error);
    while (!status && grower.queue.n_tasks) {
        GrowTask task = grower.queue.tasks[--grower.queue.n_tasks];
        status = grow_node(&grower, &task, error);
    }
    for (int i = 0; i < grower.threads && grower.histograms; i++) {
        free(grower.histograms[i].sums);
        free(grower.histograms[i].counts);
    }
    free(grower.histograms);
    grow_queue_free(&grower.queue);
    free(grower.splits);
    free(grower.order);
    return status;
}
