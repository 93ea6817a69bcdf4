#include "train/loop/shard_tree.h"

#include "train/loop/half.h"

int tree_blocks(Shards shards, TreeBlock blocks[TREE_BLOCKS]) {
    int n = 0;
    for (int at = shards.first; at < shards.last;) {
        int size = 1;
        while (at % (2 * size) == 0 && at + 2 * size <= shards.last)
            size *= 2;
        blocks[n++] = (TreeBlock){at, size, NULL};
        at += size;
    }
    return n;
}

bool tree_siblings(const TreeBlock *left, const TreeBlock *right) {
    return left->size == right->size && left->first % (2 * left->size) == 0 &&
           right->first == left->first + left->size;
}

void tree_join(TreeBlock *left, const TreeBlock *right, size_t count, bool half) {
    float *to = left->values;
    const float *from = right->values;
#pragma omp parallel for simd if (count > 100000)
    for (size_t i = 0; i < count; i++)
        to[i] += from[i];
    if (half)
        half_round(to, count);
    left->size += right->size;
}

int tree_join_siblings(TreeBlock *blocks, int n, size_t count, bool half) {
    int top = 0;
    for (int i = 0; i < n; i++) {
        blocks[top++] = blocks[i];
        for (; top > 1 && tree_siblings(&blocks[top - 2], &blocks[top - 1]); top--)
            tree_join(&blocks[top - 2], &blocks[top - 1], count, half);
    }
    return top;
}

float *tree_sum(TreeBlock *blocks, int n, size_t count, bool half) {
    for (int top = tree_join_siblings(blocks, n, count, half); top > 1; top--)
        tree_join(&blocks[top - 2], &blocks[top - 1], count, half);
    return blocks[0].values;
}
