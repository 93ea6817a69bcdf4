#include "nn/core/tensor.h"

#include <check.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

START_TEST(counts_multiply_the_sizes) {
    ck_assert_int_eq(shape_count(shape(2, 3, 4)), 24);
    ck_assert_int_eq(shape_count(shape_scalar()), 1);
    ck_assert_int_eq(shape_count(shape(5, 0, 7)), 0);
    ck_assert_int_eq(shape_count(shape(1 << 20, 1 << 20)), (int64_t)1 << 40);
}
END_TEST

START_TEST(counts_too_large_or_negative_are_refused) {
    ck_assert_int_eq(shape_count(shape(2, -1)), -1);
    ck_assert_int_eq(shape_count(shape(1 << 20, (1 << 20) + 1)), -1);
    ck_assert_int_eq(shape_count(shape(INT_MAX, INT_MAX, INT_MAX, INT_MAX, INT_MAX)), -1);
    ck_assert_int_eq(shape_count(shape(INT_MAX, INT_MAX, 0, -1)), -1);
    ck_assert_int_eq(shape_count(shape(1 << 20, 1 << 20, 1 << 30)), -1); /* 0 modulo 2^64 */
}
END_TEST

START_TEST(shapes_are_equal_size_by_size) {
    ck_assert(shape_equal(shape(2, 3), shape(2, 3)));
    ck_assert(!shape_equal(shape(2, 3), shape(3, 2)));
    ck_assert(!shape_equal(shape(2, 3), shape(2, 3, 1)));
    ck_assert(shape_equal(shape_scalar(), shape_scalar()));
}
END_TEST

START_TEST(shapes_are_written_like_tuples) {
    char text[SHAPE_TEXT];
    ck_assert_str_eq(shape_text(shape(64, 48, 48, 1), text), "(64, 48, 48, 1)");
    ck_assert_str_eq(shape_text(shape_scalar(), text), "()");
    ck_assert_str_eq(shape_text(shape(INT_MIN, INT_MIN, INT_MIN, INT_MIN, INT_MIN), text),
                     "(-2147483648, -2147483648, -2147483648, -2147483648, -2147483648)");
}
END_TEST

START_TEST(the_first_value_that_is_not_finite_is_found) {
    enum { COUNT = 10000 };
    float *data = malloc(COUNT * sizeof *data);
    for (int i = 0; i < COUNT; i++)
        data[i] = i % 2 ? 3e38f : -3e38f;
    ck_assert_int_eq(first_not_finite(data, COUNT), -1);
    ck_assert_int_eq(first_not_finite(data, 0), -1);
    data[COUNT - 1] = NAN;
    ck_assert_int_eq(first_not_finite(data, COUNT), COUNT - 1);
    data[4096] = -INFINITY;
    ck_assert_int_eq(first_not_finite(data, COUNT), 4096);
    data[0] = INFINITY;
    ck_assert_int_eq(first_not_finite(data, COUNT), 0);
    free(data);
}
END_TEST

Suite *tensor_suite(void) {
    Suite *suite = suite_create("tensor");
    TCase *tests = tcase_create("shapes");
    tcase_add_test(tests, counts_multiply_the_sizes);
    tcase_add_test(tests, counts_too_large_or_negative_are_refused);
    tcase_add_test(tests, shapes_are_equal_size_by_size);
    tcase_add_test(tests, shapes_are_written_like_tuples);
    tcase_add_test(tests, the_first_value_that_is_not_finite_is_found);
    suite_add_tcase(suite, tests);
    return suite;
}
