/* heap.h: counts the program's heap allocations.
 *
 *     long before = heap_allocations();
 *     ...
 *     ck_assert_int_eq(heap_allocations() - before, 0);
 *
 * The test runner replaces malloc and related functions by wrappers that count. */
#ifndef TESTS_SUPPORT_HEAP_H
#define TESTS_SUPPORT_HEAP_H

#include <stdbool.h>

/* False under a sanitizer with its own heap, where nothing is counted. */
bool heap_is_counted(void);

/* Calls to malloc, calloc, realloc and the aligned ones so far, by all threads. */
long heap_allocations(void);

/* Bytes currently allocated, by all threads: unchanged by code that frees what it allocates, from
 * its second run on. */
long heap_bytes(void);

#endif
