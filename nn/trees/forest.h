/* forest.h: random forests (Breiman 2001), for any table of numbers; and what boosted trees
 * (nn/trees/boost.h) have in common with them.
 *
 * Each tree is fitted to a bootstrap sample of the rows; the forest's probabilities are the mean of
 * its trees'. A missing value (NaN) counts as less than any other. */
#ifndef NN_TREES_FOREST_H
#define NN_TREES_FOREST_H

#include "nn/io/safetensors.h"

#include <stdint.h>

enum { FOREST_INPUTS = 65536, FOREST_CLASSES = 64, FOREST_TREES = 100000 }; /* at most */

typedef struct ForestSettings {
    int trees;
    int depth;     /* of a tree, at most; 0 = any */
    int leaf;      /* rows of the sample in a leaf, at least */
    int inputs;    /* tried at each split; 0 = the square root of their number */
    int bins;      /* 0: exact splits; else the number of bins (2 … 4096) */
    bool balanced; /* classes have equal total weight, regardless of their number of rows */
    uint64_t seed;
} ForestSettings;

/* Rows for fitting or scoring. */
typedef struct ForestTable {
    const float *x;    /* (rows, inputs) */
    const int *labels; /* (rows) 0 … classes - 1 */
    int rows, inputs, classes;
} ForestTable;

typedef struct Forest Forest;

/* Fits a forest, the same one for any number of threads. NULL when a setting, a count or a label is
 * out of range, a value is infinite, or memory runs out. Free with forest_destroy. */
Forest *forest_fit(const ForestTable *table, const ForestSettings *settings, Error *error);
void forest_destroy(Forest *forest);

int forest_trees(const Forest *forest);
int forest_inputs(const Forest *forest);
int forest_classes(const Forest *forest);
int forest_nodes(const Forest *forest);
bool forest_is_boosted(const Forest *forest);

/* Out-of-bag accuracy: the share of rows predicted correctly by the trees not fitted to them, 0 …
 * 1; of boosted trees, the accuracy on the rows held out. NaN when there were none (a single tree
 * may leave out few rows, and a file does not store it).
 */
double forest_out_of_bag(const Forest *forest);
/* (inputs) each input's share of the total impurity decrease; sums to 1, or all are 0. */
const float *forest_importance(const Forest *forest);

/* Writes probabilities (n, classes) of x (n, inputs). */
void forest_probabilities(const Forest *forest, const float *x, int n, float *probabilities);

/* Names for the file, of inputs and classes: copied. */
int forest_name(Forest *forest, const char *const *inputs, const char *const *classes,
                Error *error) MUST_CHECK;
/* A name, "" where none was given. */
const char *forest_input_name(const Forest *forest, int input);
const char *forest_class_name(const Forest *forest, int class);

/* Writes and reads a file (safetensors, kind "forest"); `extra` is more metadata, or NULL. */
int forest_save(const Forest *forest, const char *path, const json_t *extra,
                Error *error) MUST_CHECK;
Forest *forest_load(const char *path, Error *error);
Forest *forest_load_bytes(const unsigned char *bytes, size_t size, const char *name, Error *error);

#endif
