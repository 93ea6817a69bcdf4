/* shard_tree.h: a sum over the shards of a batch whose bits do not depend on the distribution over
 * processes.
 *
 * Floating-point addition is not associative, so the order is fixed by a binary tree over the
 * shards: the sum of shards k · 2^j … (k + 1) · 2^j - 1 is that of their first half plus that of
 * their second, where the second half is incomplete or empty at the end of the shards. A block is
 * such a sum; a process adds up the blocks of its shards, and one with the blocks of all processes
 * can continue to the root. */
#ifndef TRAIN_LOOP_SHARD_TREE_H
#define TRAIN_LOOP_SHARD_TREE_H

#include "train/loop/task.h"

/* Consecutive shards form at most this many blocks: two of each size. */
enum { SHARDS_MOST = 4096, TREE_BLOCKS = 2 * 13 };

typedef struct TreeBlock {
    int first, size; /* shards */
    float *values;   /* their sum */
} TreeBlock;

/* The fewest blocks that cover shards.first … shards.last - 1, in order, without values. Returns
 * their number. */
int tree_blocks(Shards shards, TreeBlock blocks[TREE_BLOCKS]);

/* Whether two blocks are the halves of one. */
bool tree_siblings(const TreeBlock *left, const TreeBlock *right);

/* left += right, which makes one block of two siblings; with `half` rounded (half.h). */
void tree_join(TreeBlock *left, const TreeBlock *right, size_t count, bool half);

/* Joins siblings among consecutive blocks of `count` values each, as far as they go. Returns how
 * many blocks are left. */
int tree_join_siblings(TreeBlock *blocks, int n, size_t count, bool half);

/* The sum of all shards from all their blocks, in order; overwrites the blocks. Returns the root's
 * values, which are the first block's. */
float *tree_sum(TreeBlock *blocks, int n, size_t count, bool half);

#endif
