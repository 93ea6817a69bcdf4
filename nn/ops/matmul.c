/* matmul.c: matrix products. */
#include "nn/core/gemm.h"
#include "nn/ops/operators_internal.h"

/* Tiles are halved until there are a few for each thread of a small machine: every tile packs its
 * operands anew, so that more would cost more than they share out. None is below the work that pays
 * for starting a product; edges fall on multiples of the micro-kernels' 16. */
enum { MAX_TILES = 8, MIN_TILE_WORK = 1 << 20, TILE_EDGE = 16 };

static int halve(int size) {
    return (size / 2 + TILE_EDGE - 1) / TILE_EDGE * TILE_EDGE;
}

static int parts(int size, int tile) {
    return (size + tile - 1) / tile;
}

static int at_most(int value, int limit) {
    return value < limit ? value : limit;
}

/* The tile of C at row i, column j of one matrix of the batch. */
static void compute_tile(const Product *p, int index, int i, int rows, int j, int columns) {
    const float *a = p->a + (size_t)index * p->step_a + (p->transpose_a ? i : (int64_t)i * p->lda);
    const float *b = p->b + (size_t)index * p->step_b + (p->transpose_b ? (int64_t)j * p->ldb : j);
    float *c = p->c + (size_t)index * p->step_c + (int64_t)i * p->ldc + j;
    gemm(p->transpose_a, p->transpose_b, rows, columns, p->k, a, p->lda, b, p->ldb, p->beta, c,
         p->ldc);
    for (int row = 0; p->bias && row < rows; row++)
        for (int column = 0; column < columns; column++)
            c[(int64_t)row * p->ldc + column] += p->bias[j + column];
}

void product(const Product *p) {
    if (!p->m || !p->n)
        return;
    int tile_m = p->m, tile_n = p->n, batch = p->batch ? p->batch : 1;
    while (parts(p->m, tile_m) * parts(p->n, tile_n) * batch < MAX_TILES &&
           (int64_t)tile_m * tile_n * p->k >= 2 * MIN_TILE_WORK &&
           (tile_m > TILE_EDGE || tile_n > TILE_EDGE)) {
        if (tile_m > tile_n)
            tile_m = halve(tile_m);
        else
            tile_n = halve(tile_n);
    }
    int across = parts(p->n, tile_n), tiles = parts(p->m, tile_m) * across;
#pragma omp parallel for
    for (int part = 0; part < batch * tiles; part++) {
        int i = part % tiles / across * tile_m, j = part % across * tile_n;
        compute_tile(p, part / tiles, i, at_most(p->m - i, tile_m), j, at_most(p->n - j, tile_n));
    }
}

void product_into(GradientSlot slot, bool transpose_a, bool transpose_b, int m, int n, int k,
                  const float *a, const float *b) {
    product(&(Product){.transpose_a = transpose_a,
                       .transpose_b = transpose_b,
                       .m = m,
                       .n = n,
                       .k = k,
                       .a = a,
                       .b = b,
                       .c = slot.data,
                       .lda = transpose_a ? m : k,
                       .ldb = transpose_b ? k : n,
                       .ldc = n,
                       .beta = slot.add});
}

/* ---- linear: y = x Wᵀ + b; dx = dy W, dW = dyᵀ x, db = Σ dy ---- */

static int linear_infer(Node *node, Error *error) {
    const Shape x = node->input[0]->shape, weight = node->input[1]->shape;
    const Tensor *bias = node->input[2];
    if (x.n_dims < 1 || weight.n_dims != 2 || shape_columns(x) != weight.size[1] ||
        (bias && !shape_equal(bias->shape, shape(weight.size[0]))) || shape_rows(x) > INT32_MAX)
        return operator_reject(node, error, "x (…,I), weight (O,I), bias (O) or none");
    node->output[0]->shape = x;
    node->output[0]->shape.size[x.n_dims - 1] = weight.size[0];
    return 0;
}

typedef struct LinearSizes {
    int rows, inputs, outputs;
} LinearSizes;

static LinearSizes linear_sizes(const Node *node) {
    const int *weight = node->input[1]->shape.size;
    return (LinearSizes){(int)shape_rows(node->input[0]->shape), weight[1], weight[0]};
}

static int linear_forward(Tape *tape, Node *node) {
    (void)tape;
    LinearSizes s = linear_sizes(node);
    product(&(Product){.transpose_b = true,
                       .m = s.rows,
                       .n = s.outputs,
                       .k = s.inputs,
                       .a = node->input[0]->data,
                       .b = node->input[1]->data,
                       .c = node->output[0]->data,
                       .lda = s.inputs,
                       .ldb = s.inputs,
                       .ldc = s.outputs,
                       .bias = node->input[2] ? node->input[2]->data : NULL});
    return 0;
}

static int linear_backward(Tape *tape, Node *node) {
    LinearSizes s = linear_sizes(node);
    const Tensor *x = node->input[0], *weight = node->input[1];
    const float *dy = node->output[0]->gradient;
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (dx.data)
        product_into(dx, false, false, s.rows, s.inputs, s.outputs, dy, weight->data);
    GradientSlot dw = tape_gradient(tape, node->input[1]);
    if (dw.data)
        product_into(dw, true, false, s.outputs, s.inputs, s.rows, dy, x->data);
    GradientSlot db = tape_gradient(tape, node->input[2]);
    if (db.data)
        sum_over(dy, shape(s.rows, s.outputs), 1, 1, db.data, db.add);
    return 0;
}

const Operator linear_operator = {"linear", linear_infer, linear_forward, linear_backward};

Tensor *op_linear(Tape *tape, Tensor *x, Tensor *weight, Tensor *bias) {
    Node *node =
        tape_apply(tape, &linear_operator, 1, 3, 2, (Tensor *[]){x, weight, bias}, NULL, 0);
    return node ? node->output[0] : NULL;
}

/* ---- matmul: Y = A B for every matrix of the batch; dA = dY Bᵀ, dB = Aᵀ dY ---- */

typedef struct Transposed {
    bool a, b;
} Transposed;

typedef struct MatmulSizes {
    int batch, m, n, k, lda, ldb;
    size_t step_a, step_b, step_y; /* from one matrix of the batch to the next; step_b 0 = shared */
} MatmulSizes;

static MatmulSizes matmul_sizes(const Node *node) {
    const Transposed *transposed = node->attributes;
    const Shape a = node->input[0]->shape, b = node->input[1]->shape;
    const int *rows_a = a.size + a.n_dims - 2, *rows_b = b.size + b.n_dims - 2;
    MatmulSizes s = {.batch = 1, .lda = rows_a[1], .ldb = rows_b[1]};
    for (int i = 0; i < a.n_dims - 2; i++)
        s.batch *= a.size[i];
    s.m = rows_a[transposed->a];
    s.k = rows_a[!transposed->a];
    s.n = rows_b[!transposed->b];
    s.step_a = (size_t)s.m * (size_t)s.k;
    s.step_b = b.n_dims > 2 ? (size_t)s.k * (size_t)s.n : 0;
    s.step_y = (size_t)s.m * (size_t)s.n;
    if (!s.step_b && !transposed->a) { /* one b for all: the batch is only more rows */
        s.m *= s.batch;
        s.batch = 1;
    }
    return s;
}

static int matmul_infer(Node *node, Error *error) {
    const char *expected = "a (…,M,K), b (…,K,N) or (K,N), each pair swapped where transposed";
    const Transposed *transposed = node->attributes;
    const Shape a = node->input[0]->shape, b = node->input[1]->shape;
    bool shared = b.n_dims == 2;
    if (a.n_dims < 2 || b.n_dims < 2 || (!shared && a.n_dims != b.n_dims))
        return operator_reject(node, error, expected);
    for (int i = 0; i < a.n_dims - 2; i++)
        if (!shared && a.size[i] != b.size[i])
            return operator_reject(node, error, expected);
    if (a.size[a.n_dims - 2 + !transposed->a] != b.size[b.n_dims - 2 + transposed->b] ||
        shape_rows(a) > INT32_MAX)
        return operator_reject(node, error, expected);
    Shape *y = &node->output[0]->shape;
    *y = a;
    y->size[a.n_dims - 2] = a.size[a.n_dims - 2 + transposed->a];
    y->size[a.n_dims - 1] = b.size[b.n_dims - 2 + !transposed->b];
    return 0;
}

static int matmul_forward(Tape *tape, Node *node) {
    (void)tape;
    const Transposed *transposed = node->attributes;
    MatmulSizes s = matmul_sizes(node);
    product(&(Product){.transpose_a = transposed->a,
                       .transpose_b = transposed->b,
                       .m = s.m,
                       .n = s.n,
                       .k = s.k,
                       .a = node->input[0]->data,
                       .b = node->input[1]->data,
                       .c = node->output[0]->data,
                       .lda = s.lda,
                       .ldb = s.ldb,
                       .ldc = s.n,
                       .batch = s.batch,
                       .step_a = s.step_a,
                       .step_b = s.step_b,
                       .step_c = s.step_y});
    return 0;
}

/* A matrix, or a batch of them, as a factor or the result of a product. */
typedef struct Matrix {
    const float *data;
    int stride;
    size_t step; /* to the next of the batch, 0 where all share one */
    bool transposed;
} Matrix;

static Matrix turned(Matrix matrix) {
    matrix.transposed = !matrix.transposed;
    return matrix;
}

/* The gradient of one factor: left right (rows,columns), summed over `depth`; where the factor is
 * used transposed, that product transposed, (left right)ᵀ = rightᵀ leftᵀ. */
static void matmul_gradient(Matrix left, Matrix right, int rows, int columns, int depth, int batch,
                            Matrix factor, GradientSlot gradient) {
    if (factor.transposed) {
        Matrix first = turned(right);
        right = turned(left);
        left = first;
    }
    Product p = {.transpose_a = left.transposed,
                 .transpose_b = right.transposed,
                 .m = factor.transposed ? columns : rows,
                 .n = factor.transposed ? rows : columns,
                 .k = depth,
                 .a = left.data,
                 .b = right.data,
                 .c = gradient.data,
                 .lda = left.stride,
                 .ldb = right.stride,
                 .ldc = factor.stride,
                 .beta = gradient.add,
                 .batch = factor.step ? batch : 1,
                 .step_a = left.step,
                 .step_b = right.step,
                 .step_c = factor.step};
    product(&p);
    /* A shared factor gathers its gradient from one matrix of the batch after another. */
    for (int i = 1; !factor.step && i < batch; i++) {
        p.beta = 1;
        p.a += p.step_a;
        p.b += p.step_b;
        product(&p);
    }
}

static int matmul_backward(Tape *tape, Node *node) {
    const Transposed *transposed = node->attributes;
    MatmulSizes s = matmul_sizes(node);
    Matrix a = {node->input[0]->data, s.lda, s.step_a, transposed->a},
           b = {node->input[1]->data, s.ldb, s.step_b, transposed->b},
           dy = {node->output[0]->gradient, s.n, s.step_y, false};
    GradientSlot da = tape_gradient(tape, node->input[0]);
    if (da.data)
        matmul_gradient(dy, turned(b), s.m, s.k, s.n, s.batch, a, da);
    GradientSlot db = tape_gradient(tape, node->input[1]);
    if (db.data)
        matmul_gradient(turned(a), dy, s.k, s.n, s.m, s.batch, b, db);
    return 0;
}

const Operator matmul_operator = {"matmul", matmul_infer, matmul_forward, matmul_backward};

Tensor *op_matmul(Tape *tape, Tensor *a, Tensor *b, bool transpose_a, bool transpose_b) {
    Transposed transposed = {transpose_a, transpose_b};
    return tape_apply1(tape, &matmul_operator, 2, (Tensor *[]){a, b}, &transposed,
                       sizeof transposed);
}
