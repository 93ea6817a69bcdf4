/* boost_tree.h: one tree of a boosted ensemble, on ranked inputs.
 *
 * A leaf holds a Newton step for the score of every class, and a split maximises the decrease of
 * the loss's second-order expansion (Chen and Guestrin, "XGBoost", 2016), summed over the classes.
 */
#ifndef NN_TREES_BOOST_TREE_H
#define NN_TREES_BOOST_TREE_H

#include "nn/base/rng.h"
#include "nn/trees/grown_tree.h"

/* The training data of a tree. */
typedef struct BoostTable {
    int rows, inputs, classes;
    const uint32_t *ranks; /* (inputs, rows) */
    const int *n_ranks;    /* (inputs) */
    const float *slopes;   /* (rows, 2, classes): first and second derivatives of the loss by the
                              scores */
    const uint8_t *used;   /* (rows) whether the tree learns from the row */
} BoostTable;

typedef struct BoostTreeSettings {
    int depth;       /* at most */
    int leaf;        /* rows in a leaf, at least */
    int inputs;      /* drawn at each node */
    double rate, l2; /* a leaf's step is -rate × slope / (curvature + l2) */
} BoostTreeSettings;

/* Grows a tree, the same one for any number of threads. Free with grown_tree_free, also after an
 * error. */
int boost_tree_grow(const BoostTable *table, const BoostTreeSettings *settings, Rng rng,
                    GrownTree *tree, Error *error) MUST_CHECK;

#endif
