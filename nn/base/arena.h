/* arena.h: allocations that are freed together.
 *
 * An arena hands out 64-byte aligned blocks and frees them all at once. After a reset it keeps its
 * memory as one block, so a loop that needs the same memory in each iteration uses the heap only in
 * the first ones. */
#ifndef NN_BASE_ARENA_H
#define NN_BASE_ARENA_H

#include <stddef.h>

enum { ARENA_ALIGNMENT = 64 };

typedef struct Arena Arena;

/* Returns an empty arena (free with arena_destroy) or NULL when out of memory. */
Arena *arena_create(void);
void arena_destroy(Arena *arena);

/* Returns `bytes` uninitialised bytes, valid until the next reset, or NULL when out of memory. No
 * two blocks have the same address, not even empty ones. */
void *arena_alloc(Arena *arena, size_t bytes);

/* As arena_alloc, for `count` elements of `size` bytes set to zero; also NULL when the product
 * overflows. */
void *arena_calloc(Arena *arena, size_t count, size_t size);

/* Returns a copy of the string in the arena, or NULL. */
char *arena_strdup(Arena *arena, const char *text);

/* Frees every block; the arena keeps the memory. */
void arena_reset(Arena *arena);

/* Bytes allocated from the heap. */
size_t arena_held(const Arena *arena);

#endif
