/* clock.h: monotonic time, and that of the calendar. */
#ifndef NN_BASE_CLOCK_H
#define NN_BASE_CLOCK_H

#include <time.h>

/* Seconds since some fixed moment, unaffected by changes to the wall clock. */
static inline double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Seconds since 1970, by the wall clock. */
static inline double clock_calendar(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Seconds of processor time used by this process, hardly affected by other programs on the machine.
 */
static inline double clock_processor_seconds(void) {
    struct timespec taken;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &taken);
    return (double)taken.tv_sec + 1e-9 * (double)taken.tv_nsec;
}

/* Waits for less than a second, or until a signal arrives. */
static inline void clock_sleep(double seconds) {
    const struct timespec time = {.tv_nsec = (long)(seconds * 1e9)};
    nanosleep(&time, NULL);
}

#endif
