/* grow.h: one classification tree on ranked inputs (CART: Breiman, Friedman, Olshen and Stone
 * 1984).
 *
 * A split minimises the weighted Gini impurity, among a few inputs redrawn at each node (Breiman,
 * "Random forests", 2001); where none of them can be split, others are tried. It uses only ranks:
 * exact splits rank every distinct value, histogram splits rank bins. */
#ifndef NN_TREES_GROW_H
#define NN_TREES_GROW_H

#include "nn/base/rng.h"
#include "nn/trees/grown_tree.h"

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

/* Grows a tree on each row repeated `times` times (a bootstrap sample; 0 omits it). Free with
 * grown_tree_free, also after an error. */
int tree_grow(const RankedTable *table, const GrowSettings *settings, const uint8_t *times, Rng rng,
              GrownTree *tree, Error *error) MUST_CHECK;

#endif
