/* winograd.h: the passes of Winograd's minimal filtering for 3×3 convolution with stride 1.
 *
 * After Lavin and Gray, "Fast algorithms for convolutional neural networks" (2015): the output is
 * cut into tiles of m×m; a tile depends on t×t inputs, t = m + 2. In the transformed domain the
 * convolution of a tile is an element-wise product, so over all tiles and channels it is one matrix
 * product for each of the F = t² frequencies:
 *
 *     V_f (rows, C) = (Bᵀ x B)_f    U_f (C, O) = (G w Gᵀ)_f    M_f = V_f U_f    y = Aᵀ M A
 *
 * 36 products instead of 144 for 4×4 outputs (m = 4), 25 instead of 81 for 3×3 (m = 3). The
 * gradient of the weights is the adjoint of the same chain: dw = Gᵀ (V_fᵀ (A dy Aᵀ)_f) G.
 *
 * A row is a tile; rows count through the tiles of all images. Channels stand in panels of P: V and
 * M are (F, panels, rows, P) with winograd_stride() floats from one frequency to the next; U is
 * (panels of O, F, panels of C, P, P). Channels beyond C or O are zero. */
#ifndef NN_KERNELS_WINOGRAD_H
#define NN_KERNELS_WINOGRAD_H

#include "nn/kernels/conv_shape.h"
#include "nn/kernels/isa.h"

#include <stdbool.h>

enum { WINOGRAD_MAX_FREQUENCIES = 36, WINOGRAD_MAX_PANEL = 32 };

/* How a convolution is cut into tiles. */
typedef struct WinogradTiling {
    int tile;        /* m: 4, 3 or 1 */
    int frequencies; /* F, of V and U */
    int products;    /* frequencies of M: F, but 1 for m = 1 */
    int tiles_h, tiles_w;
    int c_panels, o_panels;
} WinogradTiling;

/* The rows of V and M that a pass works on: rows first … first+count-1, at index 0 in the matrices,
 * which have room for `space` rows: at least count, rounded up to row_multiple. */
typedef struct WinogradRows {
    int first, count, space;
} WinogradRows;

/* Floats from one frequency of V or M to the next. Without the extra cache line all frequencies of
 * a tile would map to the same few sets of the first-level cache. (With m = 1 the frequencies
 * follow each other like panels.) */
static inline size_t winograd_stride(const WinogradTiling *t, int panels, int space, int panel) {
    return (size_t)panels * space * panel + (t->tile == 1 ? 0 : 16);
}

/* What follows the products: y + bias (O) unless NULL, max(0, ·) with relu, then 2×2 max pooling
 * with max_pool (m = 4, OH and OW even; y is then (N,OH/2,OW/2,O)); with `add` the result is added
 * to y. */
typedef struct WinogradFinish {
    const float *bias;
    bool relu, max_pool, add;
} WinogradFinish;

typedef struct WinogradKernels {
    int panel;        /* P */
    int row_multiple; /* products are computed for a multiple of this many rows */

    /* V of all C; `zeros` holds C zeros. */
    void (*input)(const ConvShape *s, const WinogradTiling *t, WinogradRows rows, const float *x,
                  const float *zeros, float *v);
    /* M (F, 1, rows, P) of one panel of O: `u` is that panel of U. */
    void (*product)(const WinogradTiling *t, WinogradRows rows, const float *v, const float *u,
                    float *m);
    /* y of panel `panel` of O. */
    void (*output)(const ConvShape *s, const WinogradTiling *t, WinogradRows rows, int panel,
                   const float *m, WinogradFinish finish, float *y);

    /* (A dy Aᵀ) of panels first_panel … first_panel+n_panels-1 of O; `zeros` holds O zeros. */
    void (*expand)(const ConvShape *s, const WinogradTiling *t, WinogradRows rows, int first_panel,
                   int n_panels, const float *dy, const float *zeros, float *dm);
    /* du (n_panels panels of O, as U) = V_fᵀ dM_f, or += with `add`. */
    void (*product_gradient)(const WinogradTiling *t, WinogradRows rows, int n_panels,
                             const float *v, const float *dm, bool add, float *du);

    /* Panel `panel` of U from weight (O,C,3,3) or, with `turned`, the weights of the backward-data
     * convolution: inputs and outputs swapped and the kernel rotated by 180 degrees (s is the shape
     * of that convolution, weight still that of the original). `u` is the panel itself. */
    void (*weight)(const ConvShape *s, const WinogradTiling *t, int panel, const float *weight,
                   bool turned, float *u);
    /* dweight (O,C,3,3) of one panel of O, set or added to, from the sum of `parts` du,
     * `part_stride` floats apart, each given at this panel. */
    void (*weight_gradient)(const ConvShape *s, const WinogradTiling *t, int panel, const float *du,
                            int parts, size_t part_stride, bool add, float *dweight);
} WinogradKernels;
DECLARE_KERNELS(WinogradKernels, winograd);

#endif
