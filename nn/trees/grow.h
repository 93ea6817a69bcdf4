/* grow.h: one classification tree on ranked inputs (CART: Breiman, Friedman, Olshen and Stone
 * 1984).
 *
 * A split minimises the weighted Gini impurity, among a few inputs redrawn at each node (Breiman,
 * "Random forests", 2001); where none of them can be split, others are tried. It uses only ranks:
 * exact splits rank every distinct value, histogram splits rank bins. */
#ifndef NN_TREES_GROW_H
#define NN_TREES_GROW_H

#include "nn/base/error.h"
#include "nn/base/rng.h"

#include <stdint.h>

enum { TREE_CLASSES = 64 }; /* at most */

/* The training data of all trees of a forest. */
typedef struct RankedTable {
    int rows, inputs, classes;
    const uint32_t *ranks; /* (inputs, rows) */
    const int *n_ranks;    /* (inputs) */
    const int *labels;     /* (rows) */
    const double *weights; /* (classes) the weight of a row of the class */
} RankedTable;

typedef struct GrowSettings {
    int depth;  /* at most; 0 = any */
    int leaf;   /* rows in a leaf, at least */
    int inputs; /* drawn at each node */
} GrowSettings;

/* A node with an input sends the rows of rank ≤ `rank` to its first child, the others, of rank
 * `above` and more, to the node after that; a leaf (input -1) has row `child` of the tree's leaves.
 * Children follow their parent. */
typedef struct GrownNode {
    int input, child;
    uint32_t rank, above;
} GrownNode;

typedef struct GrownTree {
    GrownNode *nodes;
    float *leaves; /* (n_leaves, classes): shares of the classes */
    int n_nodes, n_leaves, nodes_capacity, leaves_capacity;
    double *importance; /* (inputs) impurity decrease of each input */
} GrownTree;

/* Appends a node without children and returns its place, or -1. */
int grown_tree_add_node(GrownTree *tree, Error *error) MUST_CHECK;
/* Makes the node a leaf; returns its (classes) values, to be filled in before the next call, or
 * NULL. */
float *grown_tree_add_leaf(GrownTree *tree, int node, int classes, Error *error);
void grown_tree_free(GrownTree *tree);

/* Grows a tree on each row repeated `times` times (a bootstrap sample; 0 omits it). Free with
 * grown_tree_free, also after an error. */
int tree_grow(const RankedTable *table, const GrowSettings *settings, const uint8_t *times, Rng rng,
              GrownTree *tree, Error *error) MUST_CHECK;
void grown_tree_free(GrownTree *tree);

#endif
