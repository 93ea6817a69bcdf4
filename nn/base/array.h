/* array.h: growable arrays on the heap. */
#ifndef NN_BASE_ARRAY_H
#define NN_BASE_ARRAY_H

#include <stdbool.h>
#include <stdlib.h>

/* Resizes `array`, a pointer of any type or NULL, to `count` elements, at least 1. False when out
 * of memory; the array is then unchanged. */
#define ARRAY_RESIZE(array, count)                                                                 \
    __extension__({                                                                                \
        __typeof__(array) larger_ = realloc((array), (size_t)(count) * sizeof *(array));           \
        if (larger_)                                                                               \
            (array) = larger_;                                                                     \
        larger_ != NULL;                                                                           \
    })

/* Makes room for one element after `used` where `room` is full, by doubling it (64 at first). */
#define ARRAY_GROW(array, room, used)                                                              \
    __extension__({                                                                                \
        bool fits_ = (used) < (room);                                                              \
        if (!fits_ && ARRAY_RESIZE((array), (room) ? 2 * (room) : 64)) {                           \
            (room) = (room) ? 2 * (room) : 64;                                                     \
            fits_ = true;                                                                          \
        }                                                                                          \
        fits_;                                                                                     \
    })

#endif
