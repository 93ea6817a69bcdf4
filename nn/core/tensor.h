/* tensor.h: a named block of floats with a shape.
 *
 * Tensors are dense, row-major, fp32. Pictures are (N,H,W,C): channels last, so that they are the
 * vector dimension. Sequences are (T,B,C): time first. Weights have the layout and the names that
 * they have in PyTorch ([out,in,kh,kw], [out,in]), in memory as on disk.
 *
 * There are no strides: an operator that reorders elements (transpose, slice) copies; reshape
 * shares. */
#ifndef NN_CORE_TENSOR_H
#define NN_CORE_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TENSOR_MAX_DIMS = 5 };

typedef struct Shape {
    int n_dims; /* 0 for a scalar */
    int size[TENSOR_MAX_DIMS];
} Shape;

typedef struct Tensor {
    const char *name; /* for messages: "features.0.weight", or the operator's name; never NULL */
    Shape shape;
    float *data;
    float *gradient; /* d loss / d data, same shape; NULL until backward reaches the tensor */
    bool needs_gradient;
    bool gradient_is_set; /* backward has written `gradient`, and no optimizer has used it yet */
    bool keep_gradient; /* of a value inside the network: backward leaves `gradient` in place until
                           the next step, as it does a leaf's; set it before (attention maps) */
} Tensor;

/* shape(64, 48, 48, 1) builds a Shape. */
#define shape(...)                                                                                 \
    shape_make((int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (const int[]){__VA_ARGS__})
Shape shape_make(int n_dims, const int *size);
Shape shape_scalar(void);

/* Number of elements; -1 when a size is below 0 or the product passes 2^40. */
int64_t shape_count(Shape s);
bool shape_equal(Shape a, Shape b);

/* Writes "(64, 48, 48, 1)" into `buffer` and returns it. */
enum { SHAPE_TEXT = 80 };
const char *shape_text(Shape s, char buffer[SHAPE_TEXT]);

/* As shape_count, for a tensor's shape; a tensor's count is never negative. */
size_t tensor_count(const Tensor *tensor);

/* Index of the first element that is NaN or infinite, or -1. */
int64_t first_not_finite(const float *data, size_t count);

#endif
