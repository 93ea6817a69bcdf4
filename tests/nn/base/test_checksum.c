#include "nn/base/checksum.h"

#include <check.h>

static const char text[] = "a text of 25 characters ..";
enum { LENGTH = 25 };

static uint64_t in_pieces(size_t first, size_t second) {
    Checksum checksum = {0};
    checksum_add(&checksum, text, first);
    checksum_add(&checksum, text + first, second);
    checksum_add(&checksum, text + first + second, LENGTH - first - second);
    return checksum_end(&checksum);
}

/* Caches and checkpoints keep it. */
START_TEST(it_is_the_same_in_every_version) {
    ck_assert_uint_eq(in_pieces(LENGTH, 0), 0xeed05cdf7b7edf86);
}
END_TEST

START_TEST(cuts_do_not_matter) {
    uint64_t whole = in_pieces(LENGTH, 0);
    for (size_t first = 0; first <= LENGTH; first++)
        for (size_t second = 0; first + second <= LENGTH; second++)
            ck_assert_uint_eq(in_pieces(first, second), whole);
}
END_TEST

START_TEST(length_and_order_matter) {
    Checksum empty = {0}, zero = {0}, zeros = {0};
    checksum_add(&zero, "", 1);
    checksum_add(&zeros, "\0", 2);
    uint64_t none = checksum_end(&empty), one = checksum_end(&zero), two = checksum_end(&zeros);
    ck_assert(none != one && one != two && none != two);
    Checksum there = {0}, back = {0};
    checksum_add(&there, "12345678abcdefgh", 16);
    checksum_add(&back, "abcdefgh12345678", 16);
    ck_assert(checksum_end(&there) != checksum_end(&back));
}
END_TEST

Suite *checksum_suite(void) {
    Suite *suite = suite_create("checksum");
    TCase *tests = tcase_create("checksum");
    tcase_add_test(tests, it_is_the_same_in_every_version);
    tcase_add_test(tests, cuts_do_not_matter);
    tcase_add_test(tests, length_and_order_matter);
    suite_add_tcase(suite, tests);
    return suite;
}
