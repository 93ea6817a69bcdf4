#include "nn/core/gemm.h"

#include "nn/kernels/gemm.h"

#include <cblas.h>

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
        openblas_takes_no_threads()) {
        openblas(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
        return;
    }
    KERNELS(gemm)->multiply(m, n, k, a, transpose_a ? 1 : lda, transpose_a ? lda : 1, b,
                            transpose_b ? 1 : ldb, transpose_b ? ldb : 1, beta, c, ldc);
}
