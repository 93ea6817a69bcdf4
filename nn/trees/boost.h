/* boost.h: gradient-boosted trees (Friedman 2001), for any table of numbers.
 *
 * The model is a Forest whose probabilities are the softmax of the sum of its leaves: the first
 * tree is one leaf, the logarithms of the classes' shares, and each further one follows the
 * cross-entropy downhill from there (nn/trees/boost_tree.h). A missing value (NaN) counts as less
 * than any other. */
#ifndef NN_TREES_BOOST_H
#define NN_TREES_BOOST_H

#include "nn/trees/forest.h"

typedef struct BoostSettings {
    int rounds;    /* trees, at most */
    int depth;     /* of a tree, at least 1 */
    int leaf;      /* rows in a leaf, at least */
    int inputs;    /* tried at each split; 0 = the square root of their number */
    int bins;      /* as ForestSettings.bins */
    int patience;  /* rounds without a lower loss of the held-out rows, after which to stop and keep
                      the trees up to the lowest; 0: all rows are learnt from, in all rounds */
    double rate;   /* share of a Newton step that is taken, 0 … 1 */
    double l2;     /* added to the curvature, at least 0 */
    double rows;   /* share of the rows that each tree learns from, 0 … 1 */
    bool balanced; /* classes have equal total weight, regardless of their number of rows */
    uint64_t seed;
} BoostSettings;

/* 300 rounds of depth 5, rate 0.1, l2 1, all rows, 255 bins, patience 20. */
BoostSettings boost_defaults(void);

/* Fits the trees, the same ones for any number of threads. With patience a tenth of the rows is
 * held out, and forest_out_of_bag is the accuracy on those. NULL when a setting, a count or a label
 * is out of range, a value is infinite, or memory runs out. Free with forest_destroy. */
Forest *boost_fit(const ForestTable *table, const BoostSettings *settings, Error *error);

#endif
