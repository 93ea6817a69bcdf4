/* forest_internal.h: shared by the files that fit, ask and store forests. */
#ifndef NN_TREES_FOREST_INTERNAL_H
#define NN_TREES_FOREST_INTERNAL_H

#include "nn/trees/forest.h"
#include "nn/trees/grow.h"
#include "nn/trees/ranks.h"

_Static_assert((int)FOREST_CLASSES == (int)TREE_CLASSES, "a tree has as many as its forest");

/* Files store indices as floats, which are exact up to this. */
enum { FOREST_NODES = 1 << 24 };

/* Values up to `threshold` (and missing ones) go to node `child`, the others to the next one; a
 * leaf (input -1) has row `child` of the leaves. */
typedef struct ForestNode {
    int input, child;
    float threshold;
} ForestNode;

struct Forest {
    int trees, inputs, classes;
    int *roots; /* (trees) */
    ForestNode *nodes;
    float *leaves; /* (n_leaves, classes) */
    int n_nodes, n_leaves, nodes_capacity, leaves_capacity;
    float *importance; /* (inputs) */
    char **names;      /* (inputs + classes), or NULL */
    double accuracy;   /* out of bag, or of held-out rows where boosted */
    bool boosted;      /* probabilities are the softmax of the leaves' sum, not their mean */
};

/* A forest of `trees` trees without nodes. */
Forest *forest_create(int trees, int inputs, int classes, Error *error);

/* Appends a tree as number `tree`; numbers follow each other. */
int forest_plant(Forest *forest, int tree, const GrownTree *grown, const Ranks *ranks,
                 Error *error) MUST_CHECK;
/* (classes) the leaf of the tree that a row x comes to. */
const float *forest_leaf(const Forest *forest, int tree, const float *x);
/* Replaces scores by exponentials in the same proportions, and returns their sum. */
double forest_exponentials(double *scores, int classes);

/* Counts and labels in range. */
int forest_check_table(const ForestTable *table, Error *error) MUST_CHECK;
/* What a row of each class weighs: 1, or if balanced, so much that all classes weigh the same. */
void forest_class_weights(const ForestTable *table, bool balanced, double weights[FOREST_CLASSES]);
/* As ForestSettings.inputs says. */
int forest_inputs_tried(const ForestTable *table, int asked);

#endif
