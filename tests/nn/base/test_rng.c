#include "nn/base/rng.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* From the known-answer file of Random123, the authors' own implementation ("kat_vectors",
 * philox4x32 with 10 rounds). */
START_TEST(blocks_are_those_of_philox_4x32_10) {
    static const struct {
        Rng rng;
        uint64_t index;
        uint32_t words[4];
    } known[] = {
        {{0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{UINT64_MAX, UINT64_MAX}, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x299f31d0a4093822, 0x0370734413198a2e},
         0x85a308d3243f6a88,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t words[4];
        rng_block(known[i].rng, known[i].index, words);
        ck_assert_mem_eq(words, known[i].words, sizeof words);
    }
}
END_TEST

START_TEST(bits_walk_through_the_words_of_the_blocks) {
    Rng rng = rng_split(rng_seed(5), 3);
    for (uint64_t index = 0; index < 12; index++) {
        uint32_t words[4];
        rng_block(rng, index / 4, words);
        ck_assert_uint_eq(rng_bits(rng, index), words[index % 4]);
    }
}
END_TEST

START_TEST(splits_differ_and_repeat) {
    Rng root = rng_seed(1), other = rng_seed(2);
    Rng a = rng_split(root, 7), again = rng_split(root, 7), b = rng_split(root, 8);
    ck_assert_uint_eq(a.stream, again.stream);
    ck_assert_uint_ne(a.stream, b.stream);
    ck_assert_uint_ne(rng_bits(a, 0), rng_bits(b, 0));
    ck_assert_uint_ne(rng_split(other, 7).stream, a.stream);
    ck_assert_uint_ne(rng_split(a, 8).stream, rng_split(b, 7).stream);
}
END_TEST

START_TEST(uniform_numbers_fill_their_range_evenly) {
    enum { COUNT = 100000 };
    Rng rng = rng_seed(3);
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        float u = rng_uniform(rng, i), v = rng_between(rng, i, -2, 6);
        ck_assert(u >= 0 && u < 1);
        ck_assert(v >= -2 && v < 6);
        sum += u;
        squares += (double)u * u;
    }
    ck_assert_double_eq_tol(sum / COUNT, 0.5, 0.004); /* four standard errors */
    ck_assert_double_eq_tol(squares / COUNT, 1 / 3.0, 0.004);
}
END_TEST

START_TEST(normal_numbers_have_the_normal_moments) {
    enum { COUNT = 100000 };
    Rng rng = rng_seed(4);
    double sum = 0, squares = 0, fourth = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        double x = rng_normal(rng, i);
        ck_assert(isfinite(x));
        sum += x;
        squares += x * x;
        fourth += x * x * x * x;
    }
    ck_assert_double_eq_tol(sum / COUNT, 0, 0.013); /* four standard errors */
    ck_assert_double_eq_tol(squares / COUNT, 1, 0.018);
    ck_assert_double_eq_tol(fourth / COUNT, 3, 0.13);
}
END_TEST

START_TEST(numbers_below_a_count_reach_all_of_them) {
    int seen[7] = {0};
    for (uint64_t i = 0; i < 7000; i++) {
        uint32_t value = rng_below(rng_seed(6), i, 7);
        ck_assert_uint_lt(value, 7);
        seen[value]++;
    }
    for (int i = 0; i < 7; i++)
        ck_assert_int_gt(seen[i], 850);
    ck_assert_uint_eq(rng_below(rng_seed(6), 9, 1), 0);
}
END_TEST

START_TEST(a_permutation_names_each_once) {
    enum { COUNT = 1000 };
    uint32_t order[COUNT] = {0}, again[COUNT] = {0}, other[COUNT] = {0};
    bool seen[COUNT] = {false};
    rng_permutation(rng_seed(8), order, COUNT);
    rng_permutation(rng_seed(8), again, COUNT);
    rng_permutation(rng_seed(9), other, COUNT);
    int in_place = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        ck_assert_uint_lt(order[i], COUNT);
        ck_assert(!seen[order[i]]);
        seen[order[i]] = true;
        in_place += order[i] == i;
    }
    ck_assert_int_lt(in_place, 10);
    ck_assert_mem_eq(order, again, sizeof order);
    ck_assert(memcmp(order, other, sizeof order) != 0);
}
END_TEST

Suite *rng_suite(void) {
    Suite *suite = suite_create("rng");
    TCase *tests = tcase_create("philox");
    tcase_add_test(tests, blocks_are_those_of_philox_4x32_10);
    tcase_add_test(tests, bits_walk_through_the_words_of_the_blocks);
    tcase_add_test(tests, splits_differ_and_repeat);
    tcase_add_test(tests, uniform_numbers_fill_their_range_evenly);
    tcase_add_test(tests, normal_numbers_have_the_normal_moments);
    tcase_add_test(tests, numbers_below_a_count_reach_all_of_them);
    tcase_add_test(tests, a_permutation_names_each_once);
    suite_add_tcase(suite, tests);
    return suite;
}
