/* operators_internal.h: for the files of nn/ops/ only: the rows of the operator table, and what
 * operators share. */
#ifndef NN_OPERATORS_INTERNAL_H
#define NN_OPERATORS_INTERNAL_H

#include "nn/operators.h"

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
    X(concat)                                                                                      \
    X(slice)                                                                                       \
    X(embedding)                                                                                   \
    X(lstm)                                                                                        \
    X(softmax)                                                                                     \
    X(log_softmax)                                                                                 \
    X(layer_norm)                                                                                  \
    X(mse)

#define DECLARE_OPERATOR(name) extern const Operator name##_operator;
ALL_OPERATORS(DECLARE_OPERATOR)
#undef DECLARE_OPERATOR

/* For `infer`: refuses the inputs with "NAME: got (2, 3), none, (4); expected EXPECTED"; returns
 * -1. */
int operator_reject(const Node *node, Error *error, const char *expected);

/* The shape rule of an operator whose output has the shape of its first input. */
int infer_same(Node *node, Error *error);

/* Below this many elements a second thread costs more than it brings. */
enum { PARALLEL_MIN = 1 << 14 };

/* Product of all sizes but the last, and the last (1 for a scalar). */
int64_t shape_rows(Shape s);
int shape_columns(Shape s);

/* gemm() shared among threads in tiles that depend on the shape alone, so that the result is the
 * same bits for any number of threads. `bias` (n) is added to every row; NULL for none. */
void product(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda,
             const float *b, int ldb, float beta, float *c, int ldc, const float *bias);

/* out = Σ x over the dimensions set in `axes` (added to what `out` holds if `add`), taken in double
 * and in a fixed order (ops/reduce.c). */
void sum_over(const float *x, Shape s, unsigned axes, float factor, float *out, bool add);

#endif
