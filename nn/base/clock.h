/* clock.h: seconds that only go forward. */
#ifndef NN_BASE_CLOCK_H
#define NN_BASE_CLOCK_H

#include <time.h>

/* Seconds since some fixed moment, unmoved by changes of the wall clock. */
static inline double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
