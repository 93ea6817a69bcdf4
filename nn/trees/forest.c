#include "nn/trees/forest.h"

#include "nn/base/array.h"
#include "nn/trees/forest_internal.h"
#include "nn/trees/grow.h"
#include "nn/trees/ranks.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BINS = 4096, BLOCK = 64 };

Forest *forest_create(int trees, int inputs, int classes, Error *error) {
    Forest *forest = calloc(1, sizeof *forest);
    if (forest) {
        *forest = (Forest){.trees = trees, .inputs = inputs, .classes = classes, .accuracy = NAN};
        forest->roots = calloc((size_t)trees, sizeof *forest->roots);
        forest->importance = calloc((size_t)inputs, sizeof *forest->importance);
        if (forest->roots && forest->importance)
            return forest;
    }
    forest_destroy(forest);
    error_memory(error, "a forest", sizeof *forest);
    return NULL;
}

void forest_destroy(Forest *forest) {
    if (!forest)
        return;
    for (int i = 0; forest->names && i < forest->inputs + forest->classes; i++)
        free(forest->names[i]);
    free(forest->names);
    free(forest->roots);
    free(forest->nodes);
    free(forest->leaves);
    free(forest->importance);
    free(forest);
}

int forest_trees(const Forest *forest) {
    return forest->trees;
}

int forest_inputs(const Forest *forest) {
    return forest->inputs;
}

int forest_classes(const Forest *forest) {
    return forest->classes;
}

int forest_nodes(const Forest *forest) {
    return forest->n_nodes;
}

double forest_out_of_bag(const Forest *forest) {
    return forest->accuracy;
}

const float *forest_importance(const Forest *forest) {
    return forest->importance;
}

/* ------------------------------------------------------------------ asking */

static const float *leaf_of(const Forest *forest, int tree, const float *x) {
    const ForestNode *node = &forest->nodes[forest->roots[tree]];
    while (node->input >= 0)
        node = &forest->nodes[node->child + (x[node->input] > node->threshold)];
    return forest->leaves + (size_t)node->child * (size_t)forest->classes;
}

/* A tree's nodes stay in the cache while a block of rows goes through it. */
static void ask_block(const Forest *forest, const float *x, int n, float *probabilities) {
    size_t inputs = (size_t)forest->inputs, classes = (size_t)forest->classes;
    double sums[BLOCK * FOREST_CLASSES];
    memset(sums, 0, (size_t)n * classes * sizeof *sums);
    for (int tree = 0; tree < forest->trees; tree++)
        for (int i = 0; i < n; i++) {
            const float *leaf = leaf_of(forest, tree, x + (size_t)i * inputs);
            for (size_t class = 0; class < classes; class ++)
                sums[(size_t)i * classes + class] += (double)leaf[class];
        }
    for (size_t i = 0; i < (size_t)n * classes; i++)
        probabilities[i] = (float)(sums[i] / forest->trees);
}

void forest_probabilities(const Forest *forest, const float *x, int n, float *probabilities) {
#pragma omp parallel for schedule(dynamic)
    for (int first = 0; first < n; first += BLOCK)
        ask_block(forest, x + (size_t)first * (size_t)forest->inputs,
                  n - first < BLOCK ? n - first : BLOCK,
                  probabilities + (size_t)first * (size_t)forest->classes);
}

/* ------------------------------------------------------------------ fitting */

typedef struct Fit {
    const ForestTable *table;
    const ForestSettings *settings;
    Forest *forest;
    Ranks ranks;
    RankedTable ranked;
    GrowSettings grow;
    double weights[FOREST_CLASSES];
    double *importance; /* (inputs) */
    double *votes;      /* (rows, classes) of trees that a row is out of the bag of */
    int *n_votes;       /* (rows) such trees */
} Fit;

static int check(const ForestTable *t, const ForestSettings *s, int counts[FOREST_CLASSES],
                 Error *error) {
    if (t->rows < 2 || t->inputs < 1 || t->inputs > FOREST_INPUTS || t->classes < 2 ||
        t->classes > FOREST_CLASSES)
        return error_set(error,
                         "a forest of %d rows, %d inputs, %d classes; expected 2 rows or more, 1 … "
                         "%d inputs, 2 … %d classes",
                         t->rows, t->inputs, t->classes, FOREST_INPUTS, FOREST_CLASSES);
    if (s->trees < 1 || s->trees > FOREST_TREES || s->depth < 0 || s->leaf < 1 || s->inputs < 0 ||
        s->bins < 0 || s->bins == 1 || s->bins > MOST_BINS)
        return error_set(error,
                         "a forest of %d trees, depth %d, leaves of %d rows, %d inputs a split, %d "
                         "bins: out of range",
                         s->trees, s->depth, s->leaf, s->inputs, s->bins);
    for (int row = 0; row < t->rows; row++) {
        if (t->labels[row] < 0 || t->labels[row] >= t->classes)
            return error_set(error, "row %d: class %d, expected 0 … %d", row + 1, t->labels[row],
                             t->classes - 1);
        counts[t->labels[row]]++;
    }
    return 0;
}

static int prepare(Fit *fit, Error *error) {
    const ForestTable *t = fit->table;
    const ForestSettings *s = fit->settings;
    int counts[FOREST_CLASSES] = {0}, present = 0;
    if (check(t, s, counts, error) ||
        ranks_make(&fit->ranks, t->x, t->rows, t->inputs, s->bins, error))
        return -1;
    for (int class = 0; class < t->classes; class ++)
        present += counts[class] > 0;
    for (int class = 0; class < t->classes; class ++)
        fit->weights[class] =
            s->balanced && counts[class] ? (double)t->rows / ((double)present * counts[class]) : 1;
    fit->ranked = (RankedTable){t->rows,      t->inputs, t->classes,  fit->ranks.of,
                                fit->ranks.n, t->labels, fit->weights};
    int root = (int)sqrt((double)t->inputs);
    int inputs = s->inputs ? s->inputs : root;
    fit->grow = (GrowSettings){s->depth, s->leaf, inputs < t->inputs ? inputs : t->inputs};
    size_t scores = (size_t)t->rows * (size_t)t->classes;
    fit->importance = calloc((size_t)t->inputs, sizeof *fit->importance);
    fit->votes = calloc(scores, sizeof *fit->votes);
    fit->n_votes = calloc((size_t)t->rows, sizeof *fit->n_votes);
    if (!fit->importance || !fit->votes || !fit->n_votes)
        return error_memory(error, "a forest", scores * sizeof *fit->votes);
    fit->forest = forest_create(s->trees, t->inputs, t->classes, error);
    return fit->forest ? 0 : -1;
}

/* As many draws with replacement as there are rows (Efron's bootstrap). */
static void draw_sample(Rng rng, int rows, uint8_t *times) {
    memset(times, 0, (size_t)rows);
    for (int i = 0; i < rows; i++) {
        uint32_t row = rng_below(rng, (uint64_t)i, (uint32_t)rows);
        if (times[row] < UINT8_MAX)
            times[row]++;
    }
}

static int append(Fit *fit, int tree, const GrownTree *grown, Error *error) {
    Forest *forest = fit->forest;
    if (forest->n_nodes > FOREST_NODES - grown->n_nodes)
        return error_set(error,
                         "the forest has more than %d nodes: ask for fewer trees or larger leaves",
                         FOREST_NODES);
    size_t classes = (size_t)forest->classes;
    int nodes = forest->n_nodes + grown->n_nodes, leaves = forest->n_leaves + grown->n_leaves;
    if (nodes > forest->nodes_capacity) {
        int room = nodes + nodes / 2;
        if (!ARRAY_RESIZE(forest->nodes, room))
            return error_memory(error, "a forest", (size_t)room * sizeof *forest->nodes);
        forest->nodes_capacity = room;
    }
    if (leaves > forest->leaves_capacity) {
        int room = leaves + leaves / 2;
        if (!ARRAY_RESIZE(forest->leaves, (size_t)room * classes))
            return error_memory(error, "a forest", (size_t)room * classes * sizeof(float));
        forest->leaves_capacity = room;
    }
    forest->roots[tree] = forest->n_nodes;
    for (int i = 0; i < grown->n_nodes; i++) {
        const GrownNode *from = &grown->nodes[i];
        ForestNode *to = &forest->nodes[forest->n_nodes + i];
        if (from->input < 0)
            *to = (ForestNode){-1, forest->n_leaves + from->child, 0};
        else
            *to = (ForestNode){from->input, forest->n_nodes + from->child,
                               ranks_threshold(&fit->ranks, from->input, from->rank, from->above)};
    }
    memcpy(forest->leaves + (size_t)forest->n_leaves * classes, grown->leaves,
           (size_t)grown->n_leaves * classes * sizeof(float));
    forest->n_nodes = nodes;
    forest->n_leaves = leaves;
    return 0;
}

/* What the tree says of the rows that it did not see. */
static void vote(Fit *fit, int tree, const uint8_t *times) {
    const ForestTable *t = fit->table;
    size_t classes = (size_t)t->classes;
    for (int row = 0; row < t->rows; row++) {
        if (times[row])
            continue;
        const float *leaf = leaf_of(fit->forest, tree, t->x + (size_t)row * (size_t)t->inputs);
        for (size_t class = 0; class < classes; class ++)
            fit->votes[(size_t)row * classes + class] += (double)leaf[class];
        fit->n_votes[row]++;
    }
}

/* Trees grow in any order and are planted in their own, so that sums are the same bits. */
static int grow_all(Fit *fit, Error *error) {
    const ForestTable *t = fit->table;
    Rng root = rng_seed(fit->settings->seed);
    int failed = 0;
#pragma omp parallel for ordered schedule(dynamic)
    for (int tree = 0; tree < fit->forest->trees; tree++) {
        GrownTree grown = {0};
        Error own;
        int stop;
#pragma omp atomic read
        stop = failed;
        Rng rng = rng_split(root, (uint64_t)tree);
        uint8_t *times = stop ? NULL : malloc((size_t)t->rows);
        int status = stop ? 0 : -1;
        if (times) {
            draw_sample(rng_split(rng, 0), t->rows, times);
            status = tree_grow(&fit->ranked, &fit->grow, times, rng_split(rng, 1), &grown, &own);
        } else if (!stop) {
            error_memory(&own, "a sample of the rows", (size_t)t->rows);
        }
#pragma omp ordered
        if (!failed) {
            if (!status)
                status = append(fit, tree, &grown, &own);
            if (status) {
                *error = own;
#pragma omp atomic write
                failed = 1;
            } else {
                vote(fit, tree, times);
                for (int i = 0; i < t->inputs; i++)
                    fit->importance[i] += grown.importance[i];
            }
        }
        grown_tree_free(&grown);
        free(times);
    }
    return failed ? -1 : 0;
}

/* The shares of importance and what the votes come to. */
static void finish(const Fit *fit) {
    Forest *forest = fit->forest;
    const ForestTable *t = fit->table;
    size_t classes = (size_t)t->classes;
    double sum = 0;
    for (int i = 0; i < t->inputs; i++)
        sum += fit->importance[i];
    for (int i = 0; i < t->inputs && sum > 0; i++)
        forest->importance[i] = (float)(fit->importance[i] / sum);
    long right = 0, scored = 0;
    for (int row = 0; row < t->rows; row++) {
        const double *votes = fit->votes + (size_t)row * classes;
        int best = 0;
        for (size_t class = 0; class < classes; class ++)
            if (votes[class] > votes[best])
                best = (int)class;
        scored += fit->n_votes[row] > 0;
        right += fit->n_votes[row] > 0 && best == t->labels[row];
    }
    forest->accuracy = scored ? (double)right / (double)scored : NAN;
}

Forest *forest_fit(const ForestTable *table, const ForestSettings *settings, Error *error) {
    Fit fit = {.table = table, .settings = settings};
    int failed = prepare(&fit, error) || grow_all(&fit, error);
    if (!failed)
        finish(&fit);
    ranks_free(&fit.ranks);
    free(fit.importance);
    free(fit.votes);
    free(fit.n_votes);
    if (!failed)
        return fit.forest;
    forest_destroy(fit.forest);
    return NULL;
}
