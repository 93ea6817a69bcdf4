#include "nn/core/gemm.h"

#include "nn/kernels/gemm.h"

#include <cblas.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* A linear layer of few rows: packing its weights would take longer than multiplying with them. */
enum { SCALAR_PRODUCTS_ROWS = 64, SCALAR_PRODUCTS_DEPTH = 128 };

/* In a program that has not told OpenBLAS so (nn/base/threads.h), a host of the library, its
 * threads would come on top of ours. */
static bool openblas_takes_no_threads(void) {
    return openblas_get_num_threads() == 1;
}

static void openblas(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a,
                     int lda, const float *b, int ldb, float beta, float *c, int ldc) {
    cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
                transpose_b ? CblasTrans : CblasNoTrans, m, n, k, 1.0f, a, lda, b, ldb, beta, c,
                ldc);
}

/* OpenBLAS tries for ever to get its buffers (some 100 MB of addresses for each thread) where a
 * limit of the address space, as `ulimit -v` sets it, denies them. */
static bool addresses_are_limited(void) {
    static atomic_int known = -1;
    int limited = atomic_load_explicit(&known, memory_order_relaxed);
    if (limited < 0) {
        struct rlimit limit;
        limited = !getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY;
        atomic_store_explicit(&known, limited, memory_order_relaxed);
    }
    return limited;
}

/* OpenBLAS takes memory from the heap for some products of up to 100³ multiply-adds; a training
 * step must not. */
static const double SMALL = 1e6;

void gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda,
          const float *b, int ldb, float beta, float *c, int ldc) {
    if (!transpose_a && transpose_b && m <= SCALAR_PRODUCTS_ROWS && k >= SCALAR_PRODUCTS_DEPTH) {
        KERNELS(gemm)->scalar_products(m, n, k, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    if (isa_current() != ISA_KIND_PORTABLE && (double)m * n * k > SMALL &&
        openblas_takes_no_threads() && !addresses_are_limited()) {
        openblas(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    KERNELS(gemm)->multiply(m, n, k, a, transpose_a ? 1 : lda, transpose_a ? lda : 1, b,
                            transpose_b ? 1 : ldb, transpose_b ? ldb : 1, beta, c, ldc);
}
