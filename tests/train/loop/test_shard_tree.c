/* The tree's sum does not depend on who adds up which shards. */
#include "nn/base/rng.h"
#include "train/loop/half.h"
#include "train/loop/team.h"

#include <check.h>
#include <string.h>

enum { VALUES = 33, SHARDS = 21 };

/* The sum of `shards` vectors of random numbers as that many members find it. */
static void sum_with(int members, int shards, bool half, float sum[VALUES]) {
    static float values[SHARDS][VALUES];
    TreeBlock all[SHARDS];
    int n = 0;
    TrainTeam team = {.size = members};
    for (int i = 0; i < shards * VALUES; i++)
        values[i / VALUES][i % VALUES] = rng_normal(rng_seed(1), (uint64_t)i);
    for (int i = 0; i < shards && half; i++)
        half_round(values[i], VALUES);
    for (int rank = 0; rank < members; rank++) {
        TreeBlock blocks[TREE_BLOCKS];
        int count = tree_blocks(team_shards(&team, rank, shards), blocks);
        for (int b = 0; b < count; b++) {
            TreeBlock parts[SHARDS];
            for (int i = 0; i < blocks[b].size; i++)
                parts[i] = (TreeBlock){blocks[b].first + i, 1, values[blocks[b].first + i]};
            blocks[b].values = tree_sum(parts, blocks[b].size, VALUES, half);
            all[n++] = blocks[b];
        }
    }
    memcpy(sum, tree_sum(all, n, VALUES, half), VALUES * sizeof *sum);
}

/* In full and in half precision. */
START_TEST(any_number_of_members_finds_the_same_sum) {
    for (int shards = 1; shards <= SHARDS; shards++) {
        float alone[VALUES], together[VALUES];
        sum_with(1, shards, _i, alone);
        for (int members = 2; members <= shards; members++) {
            sum_with(members, shards, _i, together);
            ck_assert_mem_eq(alone, together, sizeof alone);
        }
    }
}
END_TEST

START_TEST(blocks_are_aligned_and_cover_the_shards) {
    for (int first = 0; first < 70; first++)
        for (int last = first + 1; last < 140; last++) {
            TreeBlock blocks[TREE_BLOCKS];
            int n = tree_blocks((Shards){first, last, 140}, blocks), at = first;
            for (int b = 0; b < n; b++) {
                ck_assert_int_eq(blocks[b].first, at);
                ck_assert_int_eq(blocks[b].size & (blocks[b].size - 1), 0);
                ck_assert_int_eq(at % blocks[b].size, 0);
                ck_assert(!b || !tree_siblings(&blocks[b - 1], &blocks[b]));
                at += blocks[b].size;
            }
            ck_assert_int_eq(at, last);
        }
}
END_TEST

Suite *shard_tree_suite(void) {
    Suite *suite = suite_create("shard_tree");
    TCase *tcase = tcase_create("core");
    tcase_add_loop_test(tcase, any_number_of_members_finds_the_same_sum, 0, 2);
    tcase_add_test(tcase, blocks_are_aligned_and_cover_the_shards);
    suite_add_tcase(suite, tcase);
    return suite;
}
