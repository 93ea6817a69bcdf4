/* grown_tree.h: internal to growing trees: a tree while it grows, of any kind of split. */
#ifndef NN_TREES_GROWN_TREE_H
#define NN_TREES_GROWN_TREE_H

#include "nn/base/error.h"

#include <stdint.h>

enum { TREE_CLASSES = 64 }; /* at most */

/* A node with an input sends the rows of rank ≤ `rank` to its first child, the others, of rank
 * `above` and more, to the node after that; a leaf (input -1) has row `child` of the tree's leaves.
 * Children follow their parent. */
typedef struct GrownNode {
    int input, child;
    uint32_t rank, above;
} GrownNode;

typedef struct GrownTree {
    GrownNode *nodes;
    float *leaves; /* (n_leaves, classes): shares of the classes, or boosting's steps */
    int n_nodes, n_leaves, nodes_capacity, leaves_capacity;
    double *importance; /* (inputs) impurity decrease of each input */
} GrownTree;

/* Appends a node without children and returns its place, or -1. */
int grown_tree_add_node(GrownTree *tree, Error *error) MUST_CHECK;
/* Makes the node a leaf; returns its (classes) values, to be filled in before the next call, or
 * NULL. */
float *grown_tree_add_leaf(GrownTree *tree, int node, int classes, Error *error);
void grown_tree_free(GrownTree *tree);

#endif
