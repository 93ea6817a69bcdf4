/* grow_queue.h: internal to growing trees: rows that wait to become nodes, for any kind of split.
 */
#ifndef NN_TREES_GROW_QUEUE_H
#define NN_TREES_GROW_QUEUE_H

#include "nn/trees/grown_tree.h"

/* Rows of rank ≤ `rank` of an input against those of rank `above` and more. */
typedef struct Split {
    int input; /* -1: none */
    uint32_t rank, above;
    double gain;
} Split;

/* Rows first … first+count-1 of the queue's that wait to become node `node`. */
typedef struct GrowTask {
    int node, first, count, depth;
} GrowTask;

typedef struct GrowQueue {
    uint32_t *rows, *moved; /* node by node */
    GrowTask *tasks;
    int n_tasks, capacity;
} GrowQueue;

/* Begins the tree with a node of the rows for which `used` (rows) is not 0. Free with
 * grow_queue_free, also after an error. */
int grow_queue_begin(GrowQueue *queue, const uint8_t *used, int rows, GrownTree *tree,
                     Error *error) MUST_CHECK;
void grow_queue_free(GrowQueue *queue);

/* Gives the task's node two children, adds the gain to the input's importance, and queues the rows
 * of both, each side in the order it had, the first child to be taken next. `ranks` (rows) are the
 * split input's. */
int grow_queue_split(GrowQueue *queue, const GrowTask *task, const Split *split,
                     const uint32_t *ranks, GrownTree *tree, Error *error) MUST_CHECK;

#endif
