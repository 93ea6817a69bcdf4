/* gemm.h: the matrix product on packed panels (Goto and van de Geijn, "Anatomy of high-performance
 * matrix multiplication", 2008), in every instruction set. nn/core/gemm.h is what operators call.
 */
#ifndef NN_KERNELS_GEMM_H
#define NN_KERNELS_GEMM_H

#include "nn/kernels/isa.h"

#include <stddef.h>

typedef struct GemmKernels {
    /* C (m,n) = A B + beta C. Element (i,k) of A is a[i * a_row + k * a_column], element (k,j) of B
     * is b[k * b_row + j * b_column], C is row-major with leading dimension ldc. Sums run over k in
     * order. */
    void (*multiply)(int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                     const float *b, ptrdiff_t b_row, ptrdiff_t b_column, float beta, float *c,
                     ptrdiff_t ldc);
    /* C (m,n) = A (m,k) Bᵀ + beta C, B (n,k): the scalar product of each row of A with each row of
     * B. Nothing is packed, which is faster for few rows of A. */
    void (*scalar_products)(int m, int n, int k, const float *a, ptrdiff_t lda, const float *b,
                            ptrdiff_t ldb, float beta, float *c, ptrdiff_t ldc);
} GemmKernels;
DECLARE_KERNELS(GemmKernels, gemm);

#endif
