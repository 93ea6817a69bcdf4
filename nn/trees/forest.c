#include "nn/base/array.h"
#include "nn/trees/forest_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 };

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

bool forest_is_boosted(const Forest *forest) {
    return forest->boosted;
}

double forest_out_of_bag(const Forest *forest) {
    return forest->accuracy;
}

const float *forest_importance(const Forest *forest) {
    return forest->importance;
}

/* ------------------------------------------------------------------ asking */

const float *forest_leaf(const Forest *forest, int tree, const float *x) {
    const ForestNode *node = &forest->nodes[forest->roots[tree]];
    while (node->input >= 0)
        node = &forest->nodes[node->child + (x[node->input] > node->threshold)];
    return forest->leaves + (size_t)node->child * (size_t)forest->classes;
}

double forest_exponentials(double *scores, int classes) {
    double most = scores[0], sum = 0;
    for (int i = 1; i < classes; i++)
        most = fmax(most, scores[i]);
    for (int i = 0; i < classes; i++)
        sum += scores[i] = exp(scores[i] - most);
    return sum;
}

/* A tree's nodes stay in the cache while a block of rows goes through it. */
static void ask_block(const Forest *forest, const float *x, int n, float *probabilities) {
    size_t inputs = (size_t)forest->inputs, classes = (size_t)forest->classes;
    double sums[BLOCK * FOREST_CLASSES];
    memset(sums, 0, (size_t)n * classes * sizeof *sums);
    for (int tree = 0; tree < forest->trees; tree++)
        for (int i = 0; i < n; i++) {
            const float *leaf = forest_leaf(forest, tree, x + (size_t)i * inputs);
            for (size_t class = 0; class < classes; class ++)
                sums[(size_t)i * classes + class] += (double)leaf[class];
        }
    for (int i = 0; i < n; i++) {
        double *row = sums + (size_t)i * classes, scale = forest->trees;
        if (forest->boosted)
            scale = forest_exponentials(row, forest->classes);
        for (size_t class = 0; class < classes; class ++)
            probabilities[(size_t)i * classes + class] = (float)(row[class] / scale);
    }
}

void forest_probabilities(const Forest *forest, const float *x, int n, float *probabilities) {
#pragma omp parallel for schedule(dynamic)
    for (int first = 0; first < n; first += BLOCK)
        ask_block(forest, x + (size_t)first * (size_t)forest->inputs,
                  n - first < BLOCK ? n - first : BLOCK,
                  probabilities + (size_t)first * (size_t)forest->classes);
}

/* ------------------------------------------------------------------ what all kinds of fitting need
 */

int forest_check_table(const ForestTable *t, Error *error) {
    if (t->rows < 2 || t->inputs < 1 || t->inputs > FOREST_INPUTS || t->classes < 2 ||
        t->classes > FOREST_CLASSES)
        return error_set(error,
                         "a forest of %d rows, %d inputs, %d classes; expected 2 rows or more, 1 … "
                         "%d inputs, 2 … %d classes",
                         t->rows, t->inputs, t->classes, FOREST_INPUTS, FOREST_CLASSES);
    for (int row = 0; row < t->rows; row++)
        if (t->labels[row] < 0 || t->labels[row] >= t->classes)
            return error_set(error, "row %d: class %d, expected 0 … %d", row + 1, t->labels[row],
                             t->classes - 1);
    return 0;
}

void forest_class_weights(const ForestTable *t, bool balanced, double weights[FOREST_CLASSES]) {
    int counts[FOREST_CLASSES] = {0}, present = 0;
    for (int row = 0; row < t->rows; row++)
        present += counts[t->labels[row]]++ == 0;
    for (int class = 0; class < t->classes; class ++)
        weights[class] =
            balanced && counts[class] ? (double)t->rows / ((double)present * counts[class]) : 1;
}

int forest_inputs_tried(const ForestTable *table, int asked) {
    int inputs = asked ? asked : (int)sqrt((double)table->inputs);
    return inputs < table->inputs ? inputs : table->inputs;
}

int forest_plant(Forest *forest, int tree, const GrownTree *grown, const Ranks *ranks,
                 Error *error) {
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
                               ranks_threshold(ranks, from->input, from->rank, from->above)};
    }
    memcpy(forest->leaves + (size_t)forest->n_leaves * classes, grown->leaves,
           (size_t)grown->n_leaves * classes * sizeof(float));
    forest->n_nodes = nodes;
    forest->n_leaves = leaves;
    return 0;
}
