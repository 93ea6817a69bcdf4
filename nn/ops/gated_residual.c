/* gated_residual.c: y = max(0, x gate + shortcut), the end of a residual block (He et al. 2016)
 * with squeeze and excitation (Hu, Shen and Sun 2018), the gate the same for all positions.
 *
 * Multiplication, addition and ReLU are memory-bound: in one pass they read and write a third of
 * what three operators would. With g = dy where y > 0, 0 elsewhere: dshortcut = g,  dx = g gate,
 * dgate = Σ g x over the positions of an image. */
#include "nn/kernels/gated_residual.h"
#include "nn/ops/operators_internal.h"

static int infer(Node *node, Error *error) {
    const Shape x = node->input[0]->shape;
    if (x.n_dims != 4 || !shape_equal(node->input[1]->shape, shape(x.size[0], x.size[3])) ||
        !shape_equal(node->input[2]->shape, x))
        return operator_reject(node, error, "x (N,H,W,C), gate (N,C), shortcut (N,H,W,C)");
    node->output[0]->shape = x;
    return 0;
}

static int forward(Tape *tape, Node *node) {
    (void)tape;
    const int *size = node->input[0]->shape.size;
    int rows = size[1] * size[2], c = size[3];
    size_t count = (size_t)rows * c;
    const float *x = node->input[0]->data, *gate = node->input[1]->data,
                *shortcut = node->input[2]->data;
#pragma omp parallel for
    for (int image = 0; image < size[0]; image++)
        KERNELS(gated_residual)
            ->forward(rows, c, x + count * image, gate + (size_t)c * image,
                      shortcut + count * image, node->output[0]->data + count * image);
    return 0;
}

/* Where a gradient goes: into its slot, or, when none is wanted, into memory that is given back. */
typedef struct Target {
    GradientSlot slot;
    float *scratch;
} Target;

static Target target_of(Tape *tape, Tensor *input) {
    Target target = {tape_gradient(tape, input), NULL};
    if (!target.slot.data)
        target.slot.data = target.scratch = tape_borrow(tape, tensor_count(input));
    return target;
}

static GatedTarget of_image(const Target *target, size_t start) {
    return (GatedTarget){target->slot.data + start, target->slot.add};
}

static int backward(Tape *tape, Node *node) {
    const Tensor *y = node->output[0];
    const int *size = y->shape.size;
    int rows = size[1] * size[2], c = size[3];
    const float *x = node->input[0]->data, *gate = node->input[1]->data;
    Target dx = target_of(tape, node->input[0]), dshortcut = target_of(tape, node->input[2]);
    float *sums = tape_borrow(tape, (size_t)size[0] * c);
    if (!dx.slot.data || !dshortcut.slot.data || !sums)
        return -1;
#pragma omp parallel for
    for (int image = 0; image < size[0]; image++) {
        size_t start = (size_t)rows * c * image, row = (size_t)c * image;
        KERNELS(gated_residual)
            ->backward(rows, c, x + start, gate + row, y->data + start, y->gradient + start,
                       of_image(&dx, start), sums + row, of_image(&dshortcut, start));
    }
    GradientSlot dgate = tape_gradient(tape, node->input[1]);
    for (size_t i = 0; dgate.data && i < (size_t)size[0] * c; i++)
        dgate.data[i] = (dgate.add ? dgate.data[i] : 0) + sums[i];
    tape_release(tape, sums);
    tape_release(tape, dshortcut.scratch);
    tape_release(tape, dx.scratch);
    return 0;
}

const Operator gated_residual_operator = {"gated_residual", infer, forward, backward};

Tensor *op_gated_residual(Tape *tape, Tensor *x, Tensor *gate, Tensor *shortcut) {
    return tape_apply1(tape, &gated_residual_operator, 3, (Tensor *[]){x, gate, shortcut}, NULL, 0);
}
