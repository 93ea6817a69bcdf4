/* operators_internal.h: for the files of nn/ops/ only: the rows of the operator table, and what
 * operators share. */
#ifndef NN_OPS_OPERATORS_INTERNAL_H
#define NN_OPS_OPERATORS_INTERNAL_H

#include "nn/ops/operators.h"

/* One line for each row; operators.c makes the table of them. */
#define ALL_OPERATORS(X)                                                                           \
    X(linear)                                                                                      \
    X(matmul)                                                                                      \
    X(relu)                                                                                        \
    X(sigmoid)                                                                                     \
    X(tanh)                                                                                        \
    X(add)                                                                                         \
    X(sub)                                                                                         \
    X(mul)                                                                                         \
    X(div)                                                                                         \
    X(scale)                                                                                       \
    X(dropout)                                                                                     \
    X(sum)                                                                                         \
    X(mean)                                                                                        \
    X(reshape)                                                                                     \
    X(transpose)                                                                                   \
    X(cross_entropy)                                                                               \
    X(conv2d)                                                                                      \
    X(batch_norm)                                                                                  \
    X(max_pool)                                                                                    \
    X(average_pool)                                                                                \
    X(global_average_pool)                                                                         \
    X(gated_residual)                                                                              \
    X(concat)                                                                                      \
    X(slice)                                                                                       \
    X(embedding)                                                                                   \
    X(lstm)                                                                                        \
    X(softmax)                                                                                     \
    X(log_softmax)                                                                                 \
    X(layer_norm)                                                                                  \
    X(mse)                                                                                         \
    X(upsample)                                                                                    \
    X(binary_cross_entropy)                                                                        \
    X(huber)

#define DECLARE_OPERATOR(name) extern const Operator name##_operator;
ALL_OPERATORS(DECLARE_OPERATOR)
#undef DECLARE_OPERATOR

/* For `infer`: rejects the inputs with "NAME: got (2, 3), none, (4); expected EXPECTED"; returns
 * -1. */
int operator_reject(const Node *node, Error *error, const char *expected);

/* The shape rule of an operator whose output has the shape of its first input. */
int infer_same(Node *node, Error *error);

/* Product of all sizes but the last, and the last (1 for a scalar). */
int64_t shape_rows(Shape s);
int shape_columns(Shape s);

/* C = A B + beta C, as gemm() takes them, for each matrix of a batch; then each row + bias. */
typedef struct Product {
    bool transpose_a, transpose_b;
    int m, n, k;
    const float *a, *b;
    float *c;
    int lda, ldb, ldc;
    float beta;
    const float *bias;             /* (n) or NULL */
    int batch;                     /* 0 counts as 1 */
    size_t step_a, step_b, step_c; /* from one matrix of the batch to the next */
} Product;

/* Shares the work among threads in tiles that depend on the sizes alone, so that the result is the
 * same bits for any number of threads (ops/matmul.c). */
void product(const Product *p);
/* The product of two whole matrices into (or onto) a gradient. */
void product_into(GradientSlot slot, bool transpose_a, bool transpose_b, int m, int n, int k,
                  const float *a, const float *b);

/* out = Σ x over the dimensions set in `axes` (added to what `out` holds if `add`), summed in
 * double and in a fixed order (ops/reduce.c). */
void sum_over(const float *x, Shape s, unsigned axes, float factor, float *out, bool add);

#endif
