/* forest_internal.h: shared by forest.c and forest_file.c. */
#ifndef NN_TREES_FOREST_INTERNAL_H
#define NN_TREES_FOREST_INTERNAL_H

#include "nn/trees/forest.h"

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
    double accuracy;   /* out of bag */
};

/* A forest of `trees` trees without nodes. */
Forest *forest_create(int trees, int inputs, int classes, Error *error);

#endif
