/* gemm.h: the single-threaded matrix product on which operators build.
 *
 * Threads are the caller's: a program sets OpenBLAS to a single thread (nn/base/threads.h); in one
 * that does not, this project's kernels compute the product. Operators split their work over the
 * batch in parts that do not depend on the number of threads. OpenBLAS's sums depend on the
 * machine; with AFFEKT_ISA=portable the product is this project's own, whose bits are the same on
 * all. */
#ifndef NN_CORE_GEMM_H
#define NN_CORE_GEMM_H

#include <stdbool.h>

/* C (m,n) = A (m,k) B (k,n) + beta C, row-major with leading dimensions lda, ldb, ldc; A is stored
 * (k,m) with transpose_a, B (n,k) with transpose_b. With beta 0, C is not read. */
void gemm(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda,
          const float *b, int ldb, float beta, float *c, int ldc);

#endif
