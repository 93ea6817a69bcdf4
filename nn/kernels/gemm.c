#include "nn/kernels/gemm.h"

#include "nn/kernels/panels.h"

/* The tile of C that is held in registers: TILE_ROWS by TILE_VECTORS, leaving room for one row of B
 * and one element of A. */
#if defined ISA_AVX512
enum { TILE_ROWS = 12, TILE_VECTORS = 2 }; /* 24 of 32 registers */
#elif defined ISA_AVX2
enum { TILE_ROWS = 6, TILE_VECTORS = 2 }; /* 12 of 16 */
#else
enum { TILE_ROWS = 4, TILE_VECTORS = 1 };
#endif
enum { TILE_COLUMNS = TILE_VECTORS * LANES };

/* Blocks of B (DEPTH by 128 columns, 128 KiB) stay in the level-2 cache, panels of A in the first.
 */
enum { DEPTH = 256, PANELS = 128 / TILE_COLUMNS };

static inline int smaller(int a, int b) {
    return a < b ? a : b;
}

/* to (depth, width): elements (k,i) = from[i * row + k * column] for i < count, 0 beyond. */
static void pack(int depth, int width, int count, const float *from, ptrdiff_t row,
                 ptrdiff_t column, float *to) {
    for (int k = 0; k < depth; k++, from += column)
        for (int i = 0; i < width; i++)
            *to++ = i < count ? from[i * row] : 0;
}

/* tile = the product of a packed panel of A (depth, TILE_ROWS) and one of B (depth, TILE_COLUMNS).
 */
static inline void multiply_tile(int depth, const float *a, const float *b, float *tile) {
    Vector sum[TILE_ROWS][TILE_VECTORS] = {0};
    for (int k = 0; k < depth; k++, a += TILE_ROWS, b += TILE_COLUMNS)
#pragma GCC unroll 16
        for (int i = 0; i < TILE_ROWS; i++)
#pragma GCC unroll 2
            for (int v = 0; v < TILE_VECTORS; v++)
                sum[i][v] += a[i] * *(const Vector *)(b + v * LANES);
#pragma GCC unroll 16
    for (int i = 0; i < TILE_ROWS; i++)
#pragma GCC unroll 2
        for (int v = 0; v < TILE_VECTORS; v++)
            *(Vector *)(tile + i * TILE_COLUMNS + v * LANES) = sum[i][v];
}

/* C (rows, columns) = tile + beta C. */
static void put_tile(int rows, int columns, const float *tile, float beta, float *c,
                     ptrdiff_t ldc) {
    for (int i = 0; i < rows; i++, c += ldc, tile += TILE_COLUMNS)
        for (int j = 0; j < columns; j++)
            c[j] = tile[j] + (beta == 0 ? 0 : beta * c[j]);
}

static void multiply(int m, int n, int k, const float *a, ptrdiff_t a_row, ptrdiff_t a_column,
                     const float *b, ptrdiff_t b_row, ptrdiff_t b_column, float beta, float *c,
                     ptrdiff_t ldc) {
    _Alignas(64) float packed_a[DEPTH * TILE_ROWS], packed_b[PANELS][DEPTH * TILE_COLUMNS];
    _Alignas(64) float tile[TILE_ROWS * TILE_COLUMNS];
    for (int k0 = 0; k0 < k; k0 += DEPTH) {
        int depth = smaller(k - k0, DEPTH);
        float scale = k0 ? 1 : beta;
        for (int n0 = 0; n0 < n; n0 += PANELS * TILE_COLUMNS) {
            int n_panels =
                (smaller(n - n0, PANELS * TILE_COLUMNS) + TILE_COLUMNS - 1) / TILE_COLUMNS;
            for (int panel = 0; panel < n_panels; panel++) {
                int j = n0 + panel * TILE_COLUMNS;
                pack(depth, TILE_COLUMNS, n - j, b + k0 * b_row + j * b_column, b_column, b_row,
                     packed_b[panel]);
            }
            for (int i = 0; i < m; i += TILE_ROWS) {
                pack(depth, TILE_ROWS, m - i, a + i * a_row + k0 * a_column, a_row, a_column,
                     packed_a);
                for (int panel = 0; panel < n_panels; panel++) {
                    int j = n0 + panel * TILE_COLUMNS;
                    multiply_tile(depth, packed_a, packed_b[panel], tile);
                    put_tile(smaller(m - i, TILE_ROWS), smaller(n - j, TILE_COLUMNS), tile, scale,
                             c + i * ldc + j, ldc);
                }
            }
        }
    }
    if (k == 0)
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                c[i * ldc + j] = beta == 0 ? 0 : beta * c[i * ldc + j];
}

/* ------------------------------------------------------------------ scalar products */

/* Rows of A and of B whose products are taken at once, in half of the registers. */
#if defined ISA_AVX512
enum { SIDE = 4 };
#elif defined ISA_AVX2
enum { SIDE = 3 };
#else
enum { SIDE = 2 };
#endif

static float sum_lanes(Vector x) {
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++)
        sum += x[lane];
    return sum;
}

/* One step of `lanes` elements for a block of products. */
INLINE void step_block(int rows, int columns, int lanes, const float *a, ptrdiff_t lda,
                       const float *b, ptrdiff_t ldb, Vector *sum) {
    Vector right[SIDE];
#pragma GCC unroll 4
    for (int j = 0; j < columns; j++)
        right[j] = load_lanes(b + j * ldb, lanes);
#pragma GCC unroll 4
    for (int i = 0; i < rows; i++) {
        Vector left = load_lanes(a + i * lda, lanes);
#pragma GCC unroll 4
        for (int j = 0; j < columns; j++)
            sum[i * SIDE + j] += left * right[j];
    }
}

INLINE void block_products(int rows, int columns, int k, const float *a, ptrdiff_t lda,
                           const float *b, ptrdiff_t ldb, float beta, float *c, ptrdiff_t ldc) {
    Vector sum[SIDE * SIDE] = {0};
    int i = 0;
    for (; i + LANES <= k; i += LANES)
        step_block(rows, columns, LANES, a + i, lda, b + i, ldb, sum);
    if (i < k)
        step_block(rows, columns, k - i, a + i, lda, b + i, ldb, sum);
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++) {
            float *to = c + row * ldc + column;
            *to = sum_lanes(sum[row * SIDE + column]) + (beta == 0 ? 0 : beta * *to);
        }
}

static void scalar_products(int m, int n, int k, const float *a, ptrdiff_t lda, const float *b,
                            ptrdiff_t ldb, float beta, float *c, ptrdiff_t ldc) {
    for (int j = 0, columns; j < n; j += columns) {
        columns = n - j >= SIDE ? SIDE : 1;
        for (int i = 0, rows; i < m; i += rows) {
            rows = m - i >= SIDE ? SIDE : 1;
            const float *left = a + i * lda, *right = b + j * ldb;
            float *to = c + i * ldc + j;
            if (rows == SIDE && columns == SIDE)
                block_products(SIDE, SIDE, k, left, lda, right, ldb, beta, to, ldc);
            else if (rows == SIDE)
                block_products(SIDE, 1, k, left, lda, right, ldb, beta, to, ldc);
            else if (columns == SIDE)
                block_products(1, SIDE, k, left, lda, right, ldb, beta, to, ldc);
            else
                block_products(1, 1, k, left, lda, right, ldb, beta, to, ldc);
        }
    }
}

const GemmKernels KERNEL_TABLE(gemm) = {
    .multiply = multiply,
    .scalar_products = scalar_products,
};
