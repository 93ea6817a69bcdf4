/* matmul.c: matrix products. */
#include "nn/gemm.h"
#include "nn/operators_internal.h"

#include <string.h>

/* Tiles are halved until there are enough for the threads of a large machine, but not below the
 * work that pays for starting a product; edges fall on multiples of the micro-kernels' 16. */
enum { MAX_TILES = 32, MIN_TILE_WORK = 1 << 20, TILE_EDGE = 16 };

static int halve(int size) {
    return (size / 2 + TILE_EDGE - 1) / TILE_EDGE * TILE_EDGE;
}

static int parts(int size, int tile) {
    return (size + tile - 1) / tile;
}

static int at_most(int value, int limit) {
    return value < limit ? value : limit;
}

void product(bool transpose_a, bool transpose_b, int m, int n, int k, const float *a, int lda,
             const float *b, int ldb, float beta, float *c, int ldc, const float *bias) {
    if (!m || !n)
        return;
    int tile_m = m, tile_n = n;
    while (parts(m, tile_m) * parts(n, tile_n) < MAX_TILES &&
           (int64_t)tile_m * tile_n * k >= 2 * MIN_TILE_WORK &&
           (tile_m > TILE_EDGE || tile_n > TILE_EDGE)) {
        if (tile_m > tile_n)
            tile_m = halve(tile_m);
        else
            tile_n = halve(tile_n);
    }
    int columns = parts(n, tile_n), tiles = parts(m, tile_m) * columns;
#pragma omp parallel for schedule(dynamic) if (tiles > 1)
    for (int tile = 0; tile < tiles; tile++) {
        int i = tile / columns * tile_m, j = tile % columns * tile_n;
        int rows = at_most(m - i, tile_m), width = at_most(n - j, tile_n);
        float *out = c + (int64_t)i * ldc + j;
        for (int row = 0; bias && row < rows; row++)
            for (int x = 0; x < width; x++)
                out[(int64_t)row * ldc + x] =
                    (beta != 0 ? beta * out[(int64_t)row * ldc + x] : 0) + bias[j + x];
        gemm(transpose_a, transpose_b, rows, width, k, a + (transpose_a ? i : (int64_t)i * lda),
             lda, b + (transpose_b ? (int64_t)j * ldb : j), ldb, bias ? 1 : beta, out, ldc);
    }
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
    product(false, true, s.rows, s.outputs, s.inputs, node->input[0]->data, s.inputs,
            node->input[1]->data, s.inputs, 0, node->output[0]->data, s.outputs,
            node->input[2] ? node->input[2]->data : NULL);
    return 0;
}

static int linear_backward(Tape *tape, Node *node) {
    LinearSizes s = linear_sizes(node);
    const float *dy = node->output[0]->gradient;
    GradientSlot dx = tape_gradient(tape, node->input[0]);
    if (dx.data)
        product(false, false, s.rows, s.inputs, s.outputs, dy, s.outputs, node->input[1]->data,
                s.inputs, dx.add, dx.data, s.inputs, NULL);
    GradientSlot dw = tape_gradient(tape, node->input[1]);
    if (dw.data)
        product(true, false, s.outputs, s.inputs, s.rows, dy, s.outputs, node->input[0]->data,
                s.inputs, dw.add, dw.data, s.inputs, NULL);
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
    const float *a = node->input[0]->data, *b = node->input[1]->data;
    float *y = node->output[0]->data;
#pragma omp parallel for if (s.batch > 1)
    for (int i = 0; i < s.batch; i++)
        product(transposed->a, transposed->b, s.m, s.n, s.k, a + (size_t)i * s.step_a, s.lda,
                b + (size_t)i * s.step_b, s.ldb, 0, y + (size_t)i * s.step_y, s.n, NULL);
    return 0;
}

static void matmul_gradient_a(const Transposed *transposed, MatmulSizes s, const float *dy,
                              const float *b, GradientSlot da) {
#pragma omp parallel for if (s.batch > 1)
    for (int i = 0; i < s.batch; i++) {
        const float *dyi = dy + (size_t)i * s.step_y, *bi = b + (size_t)i * s.step_b;
        float *dai = da.data + (size_t)i * s.step_a;
        if (transposed->a)
            product(transposed->b, true, s.k, s.m, s.n, bi, s.ldb, dyi, s.n, da.add, dai, s.lda,
                    NULL);
        else
            product(false, !transposed->b, s.m, s.k, s.n, dyi, s.n, bi, s.ldb, da.add, dai, s.lda,
                    NULL);
    }
}

/* A shared b gathers its gradient from the matrices of the batch one after another. */
static void matmul_gradient_b(const Transposed *transposed, MatmulSizes s, const float *dy,
                              const float *a, GradientSlot db) {
#pragma omp parallel for if (s.batch > 1 && s.step_b)
    for (int i = 0; i < s.batch; i++) {
        const float *dyi = dy + (size_t)i * s.step_y, *ai = a + (size_t)i * s.step_a;
        float *dbi = db.data + (size_t)i * s.step_b;
        bool add = db.add || (i > 0 && !s.step_b);
        if (transposed->b)
            product(true, transposed->a, s.n, s.k, s.m, dyi, s.n, ai, s.lda, add, dbi, s.ldb, NULL);
        else
            product(!transposed->a, false, s.k, s.n, s.m, ai, s.lda, dyi, s.n, add, dbi, s.ldb,
                    NULL);
    }
}

static int matmul_backward(Tape *tape, Node *node) {
    MatmulSizes s = matmul_sizes(node);
    const float *dy = node->output[0]->gradient;
    GradientSlot da = tape_gradient(tape, node->input[0]);
    if (da.data)
        matmul_gradient_a(node->attributes, s, dy, node->input[1]->data, da);
    GradientSlot db = tape_gradient(tape, node->input[1]);
    if (db.data)
        matmul_gradient_b(node->attributes, s, dy, node->input[0]->data, db);
    return 0;
}

const Operator matmul_operator = {"matmul", matmul_infer, matmul_forward, matmul_backward};

Tensor *op_matmul(Tape *tape, Tensor *a, Tensor *b, bool transpose_a, bool transpose_b) {
    Transposed transposed = {transpose_a, transpose_b};
    return tape_apply1(tape, &matmul_operator, 2, (Tensor *[]){a, b}, &transposed,
                       sizeof transposed);
}
