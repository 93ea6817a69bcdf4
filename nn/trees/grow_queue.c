#include "nn/trees/grow_queue.h"

#include "nn/base/array.h"

#include <stdlib.h>
#include <string.h>

static int add_task(GrowQueue *queue, GrowTask task, Error *error) {
    if (!ARRAY_GROW(queue->tasks, queue->capacity, queue->n_tasks))
        return error_memory(error, "a tree", sizeof(GrowTask));
    queue->tasks[queue->n_tasks++] = task;
    return 0;
}

int grow_queue_begin(GrowQueue *queue, const uint8_t *used, int rows, GrownTree *tree,
                     Error *error) {
    if (!ARRAY_RESIZE(queue->rows, rows) || !ARRAY_RESIZE(queue->moved, rows))
        return error_memory(error, "a tree", (size_t)rows * sizeof *queue->rows);
    int count = 0;
    for (int row = 0; row < rows; row++)
        if (used[row])
            queue->rows[count++] = (uint32_t)row;
    return grown_tree_add_node(tree, error) < 0
               ? -1
               : add_task(queue, (GrowTask){0, 0, count, 0}, error);
}

void grow_queue_free(GrowQueue *queue) {
    free(queue->rows);
    free(queue->moved);
    free(queue->tasks);
    *queue = (GrowQueue){0};
}

/* The rows of the first child to the front. Returns how many. */
static int divide(GrowQueue *queue, const GrowTask *task, const uint32_t *ranks, uint32_t rank) {
    uint32_t *rows = queue->rows + task->first;
    int low = 0, high = 0;
    for (int i = 0; i < task->count; i++) {
        uint32_t row = rows[i];
        if (ranks[row] <= rank)
            rows[low++] = row;
        else
            queue->moved[high++] = row;
    }
    memcpy(rows + low, queue->moved, (size_t)high * sizeof *rows);
    return low;
}

int grow_queue_split(GrowQueue *queue, const GrowTask *task, const Split *split,
                     const uint32_t *ranks, GrownTree *tree, Error *error) {
    int left = grown_tree_add_node(tree, error),
        right = left < 0 ? -1 : grown_tree_add_node(tree, error);
    if (right < 0)
        return -1;
    tree->nodes[task->node] = (GrownNode){split->input, left, split->rank, split->above};
    tree->importance[split->input] += split->gain;
    int low = divide(queue, task, ranks, split->rank);
    GrowTask first = {left, task->first, low, task->depth + 1};
    GrowTask second = {right, task->first + low, task->count - low, task->depth + 1};
    return add_task(queue, second, error) || add_task(queue, first, error) ? -1 : 0;
}
