#include "nn/base/arena.h"
#include "tests/support/heap.h"

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

START_TEST(pieces_are_aligned_and_apart) {
    Arena *arena = arena_create();
    unsigned char *piece[100];
    for (size_t i = 0; i < 100; i++) {
        piece[i] = arena_alloc(arena, i * 37 + 1);
        ck_assert_ptr_nonnull(piece[i]);
        ck_assert_uint_eq((uintptr_t)piece[i] % ARENA_ALIGNMENT, 0);
        memset(piece[i], (int)i, i * 37 + 1);
    }
    for (size_t i = 0; i < 100; i++)
        for (size_t j = 0; j < i * 37 + 1; j++)
            ck_assert_uint_eq(piece[i][j], i);
    arena_destroy(arena);
}
END_TEST

START_TEST(an_empty_piece_has_an_address_of_its_own) {
    Arena *arena = arena_create();
    const void *empty = arena_alloc(arena, 0), *second = arena_alloc(arena, 0);
    ck_assert_ptr_nonnull(empty);
    ck_assert_ptr_ne(empty, second);
    ck_assert_ptr_ne(second, arena_alloc(arena, 1));
    arena_destroy(arena);
}
END_TEST

START_TEST(after_a_reset_the_same_needs_cost_no_heap) {
    Arena *arena = arena_create();
    long before = 0; /* no assertions while counting: they allocate */
    bool served = true;
    for (int round = 0; round < 4; round++) {
        arena_reset(arena);
        if (round == 2)
            before = heap_allocations();
        for (size_t i = 0; i < 50; i++)
            served &= arena_alloc(arena, 10000 * (i % 7) + 5) != NULL;
    }
    ck_assert_int_eq(heap_allocations() - before, 0);
    ck_assert(served);
    arena_destroy(arena);
}
END_TEST

START_TEST(cleared_memory_is_zero_even_where_it_was_used) {
    Arena *arena = arena_create();
    memset(arena_alloc(arena, 4096), 0xAA, 4096);
    arena_reset(arena);
    const unsigned char *zeros = arena_calloc(arena, 64, 64);
    for (int i = 0; i < 4096; i++)
        ck_assert_uint_eq(zeros[i], 0);
    arena_destroy(arena);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused) {
    Arena *arena = arena_create();
    ck_assert_ptr_null(arena_calloc(arena, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX - 10));
    ck_assert_ptr_nonnull(arena_alloc(arena, 1));
    ck_assert_ptr_nonnull(arena_alloc(arena, 0));
    arena_destroy(arena);
}
END_TEST

START_TEST(strings_are_copied) {
    Arena *arena = arena_create();
    char text[] = "hidden";
    char *copy = arena_strdup(arena, text);
    text[0] = 'H';
    ck_assert_str_eq(copy, "hidden");
    arena_destroy(arena);
    arena_destroy(NULL);
}
END_TEST

Suite *arena_suite(void) {
    Suite *suite = suite_create("arena");
    TCase *tests = tcase_create("arena");
    tcase_add_test(tests, pieces_are_aligned_and_apart);
    tcase_add_test(tests, an_empty_piece_has_an_address_of_its_own);
    tcase_add_test(tests, after_a_reset_the_same_needs_cost_no_heap);
    tcase_add_test(tests, cleared_memory_is_zero_even_where_it_was_used);
    tcase_add_test(tests, sizes_that_overflow_are_refused);
    tcase_add_test(tests, strings_are_copied);
    suite_add_tcase(suite, tests);
    return suite;
}
