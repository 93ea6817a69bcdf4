#include "nn/trees/grown_tree.h"

#include "nn/base/array.h"

#include <stdlib.h>

int grown_tree_add_node(GrownTree *tree, Error *error) {
    if (!ARRAY_GROW(tree->nodes, tree->nodes_capacity, tree->n_nodes))
        return error_memory(error, "a tree", sizeof(GrownNode));
    tree->nodes[tree->n_nodes] = (GrownNode){.input = -1};
    return tree->n_nodes++;
}

float *grown_tree_add_leaf(GrownTree *tree, int node, int classes, Error *error) {
    if (tree->n_leaves == tree->leaves_capacity) {
        int room = tree->leaves_capacity ? 2 * tree->leaves_capacity : 64;
        if (!ARRAY_RESIZE(tree->leaves, (size_t)room * (size_t)classes)) {
            error_memory(error, "a tree", (size_t)room * (size_t)classes * sizeof(float));
            return NULL;
        }
        tree->leaves_capacity = room;
    }
    tree->nodes[node].child = tree->n_leaves;
    return tree->leaves + (size_t)tree->n_leaves++ * (size_t)classes;
}

void grown_tree_free(GrownTree *tree) {
    free(tree->nodes);
    free(tree->leaves);
    free(tree->importance);
    *tree = (GrownTree){0};
}
