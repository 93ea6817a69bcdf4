/* threads.h: how many threads the parallel loops take, from here on. */
#ifndef NN_BASE_THREADS_H
#define NN_BASE_THREADS_H

#include <omp.h>

/* `threads` as a command's --threads says it: 0 leaves one for each processor (or
 * OMP_NUM_THREADS). */
static inline void threads_use(int threads) {
    if (threads > 0)
        omp_set_num_threads(threads);
}

#endif
