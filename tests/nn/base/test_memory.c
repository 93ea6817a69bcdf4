#include "nn/base/memory.h"

#include <check.h>
#include <stdlib.h>

/* Holds and gives back `size` bytes. */
static void hold(size_t size) {
    char *bytes = malloc(size);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < size; i += 1024)
        *(volatile char *)(bytes + i) = 1;
    free(bytes);
}

START_TEST(the_peak_is_what_was_held_since_it_was_forgotten) {
    if (!memory_peak())
        return; /* the system does not tell */
    const size_t SIZE = (size_t)96 << 20;
    hold(SIZE);
    size_t before = memory_peak();
    ck_assert_uint_gt(before, SIZE);
    if (!memory_forget_peak())
        return; /* the system does not forget */
    size_t after = memory_peak();
    ck_assert_uint_lt(after, before - SIZE / 2);
    hold(SIZE / 4);
    ck_assert_uint_gt(memory_peak(), after + SIZE / 8);
}
END_TEST

Suite *memory_suite(void) {
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("peak");
    tcase_add_test(tests, the_peak_is_what_was_held_since_it_was_forgotten);
    suite_add_tcase(suite, tests);
    return suite;
}
