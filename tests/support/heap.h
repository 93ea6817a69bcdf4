/* heap.h: counts the program's heap allocations.
 *
 *     long before = heap_allocations();
 *     ...
 *     ck_assert_int_eq(heap_allocations() - before, 0);
 *
 * The test runner replaces malloc and its kin by functions that count and pass on. */
#ifndef TESTS_SUPPORT_HEAP_H
#define TESTS_SUPPORT_HEAP_H

#include <stdbool.h>

/* False under a sanitizer that has its own heap: nothing is counted there. */
bool heap_is_counted(void);

/* Calls to malloc, calloc, realloc and the aligned ones so far, by all threads. */
long heap_allocations(void);

/* Bytes that are allocated now, by all threads: the same before and after whoever frees what it
 * takes, from the second time on. */
long heap_bytes(void);

#endif
