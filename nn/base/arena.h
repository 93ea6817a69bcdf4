/* arena.h: memory whose pieces die together.
 *
 * An arena hands out 64-byte aligned pieces and takes them all back at once. After a reset it keeps
 * what it had as one block, so a loop that needs the same memory each round touches the heap only
 * in its first rounds. */
#ifndef NN_BASE_ARENA_H
#define NN_BASE_ARENA_H

#include <stddef.h>

enum { ARENA_ALIGNMENT = 64 };

typedef struct Arena Arena;

/* Returns an empty arena (free with arena_destroy) or NULL when memory is out. */
Arena *arena_create(void);
void arena_destroy(Arena *arena);

/* Returns `bytes` uninitialised bytes, valid until the next reset, or NULL when memory is out. No
 * two pieces have the same address, not even empty ones. */
void *arena_alloc(Arena *arena, size_t bytes);

/* As arena_alloc, for `count` elements of `size` bytes set to zero; NULL too when the product
 * overflows. */
void *arena_calloc(Arena *arena, size_t count, size_t size);

/* Returns a copy of the string in the arena, or NULL. */
char *arena_strdup(Arena *arena, const char *text);

/* Takes back every piece. Memory stays with the arena. */
void arena_reset(Arena *arena);

/* Bytes handed out since the last reset, padding included. */
size_t arena_used(const Arena *arena);

/* Bytes held from the heap. */
size_t arena_held(const Arena *arena);

#endif
