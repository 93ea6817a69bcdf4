#include "nn/base/threads.h"

#include <cblas.h>
#include <omp.h>

void threads_use(int threads) {
    openblas_set_num_threads(1);
    if (threads > 0)
        omp_set_num_threads(threads);
}
