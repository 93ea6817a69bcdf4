#include "nn/kernels/winograd.h"

#include "nn/kernels/winograd_transforms.h"

/* Rows of M at a time in registers, times two vectors (portable: one of two SSE registers). */
#if defined ISA_AVX512
enum { VECTORS = 2, TILE_ROWS = 12 }; /* 24 of 32 registers */
#elif defined ISA_AVX2
enum { VECTORS = 2, TILE_ROWS = 6 }; /* 12 of 16 */
#else
enum { VECTORS = 1, TILE_ROWS = 6 };
#endif
enum { P = VECTORS * LANES, ROW_MULTIPLE = TILE_ROWS / 3 };

/* ------------------------------------------------------------------ tiles */

/* Where a row's tile lies: its image and the first output position. */
typedef struct TilePlace {
    int image, y, x;
} TilePlace;

static TilePlace tile_place(const WinogradTiling *t, int row) {
    int per_image = t->tiles_h * t->tiles_w, in_image = row % per_image;
    return (TilePlace){row / per_image, in_image / t->tiles_w * t->tile,
                       in_image % t->tiles_w * t->tile};
}

/* pixels[i * side + j] = the channels of pixel (top + i, left + j) of an image (h,w,c), or `zeros`
 * outside of it. */
INLINE void find_pixels(const float *image, int h, int w, int c, int top, int left, int side,
                        const float *zeros, const float *pixels[]) {
    if (top >= 0 && left >= 0 && top + side <= h && left + side <= w) {
        const float *corner = image + ((size_t)top * w + left) * c;
#pragma GCC unroll 6
        for (int i = 0; i < side; i++)
#pragma GCC unroll 6
            for (int j = 0; j < side; j++)
                pixels[i * side + j] = corner + ((size_t)i * w + j) * c;
        return;
    }
    for (int i = 0; i < side; i++)
        for (int j = 0; j < side; j++) {
            int y = top + i, x = left + j;
            bool inside = y >= 0 && y < h && x >= 0 && x < w;
            pixels[i * side + j] = inside ? image + ((size_t)y * w + x) * c : zeros;
        }
}

/* Tiles between asking memory for a tile and its turn. */
enum { TILES_AHEAD = 2 };

/* Asks for those pixels of a later tile of inputs that no tile before it has. */
INLINE void fetch_tile(const ConvShape *s, TilePlace place, const float *x, int m) {
    const float *image = x + conv_x_size(s) * place.image;
    int top = place.y - s->padding, left = place.x - s->padding;
    for (int i = top < 0 ? 0 : top + 2; i < top + 2 + m && i < s->h; i++)
        for (int j = left < 0 ? 0 : left + 2; j < left + 2 + m && j < s->w; j++)
            for (int c = 0; c < s->c; c += 16)
                __builtin_prefetch(image + ((size_t)i * s->w + j) * s->c + c);
}

/* Copies the `count` < P last channels of each pixel to a row of `room`, filled up with zeros. */
static void pad_pixels(const float *const pixels[], int n_pixels, int offset, int count,
                       float room[][P], const float *padded[]) {
    for (int i = 0; i < n_pixels; i++) {
        memset(room[i], 0, sizeof room[i]);
        memcpy(room[i], pixels[i] + offset, count * sizeof(float));
        padded[i] = room[i];
    }
}

/* Transforms one panel of one tile and puts the F results `stride` floats apart. */
INLINE void put_panel(Transform *transform, int m, int from, int to, const float *const pixels[],
                      int offset, float *target, size_t stride) {
    for (int v = 0; v < VECTORS; v++) {
        Vector out[MAX_T * MAX_T];
        transform_2d(transform, m, from, to, pixels, offset + v * LANES, out);
#pragma GCC unroll 36
        for (int f = 0; f < to * to; f++)
            vector_store(target + stride * f + v * LANES, out[f]);
    }
}

/* All wanted panels of one tile. */
INLINE void put_panels(Transform *transform, int m, int from, int to, const float *const pixels[],
                       int c, const WinogradTiling *t, int first_panel, int n_panels,
                       const WinogradRows *rows, float *target) {
    size_t stride = winograd_stride(t, n_panels, rows->space, P);
    for (int panel = 0; panel < n_panels; panel++, target += (size_t)rows->space * P) {
        int offset = (first_panel + panel) * P;
        if (c - offset >= P) {
            put_panel(transform, m, from, to, pixels, offset, target, stride);
        } else {
            float room[MAX_T * MAX_T][P];
            const float *padded[MAX_T * MAX_T];
            pad_pixels(pixels, from * from, offset, c - offset, room, padded);
            put_panel(transform, m, from, to, padded, 0, target, stride);
        }
    }
}

INLINE void input_tiles(int m, const ConvShape *s, const WinogradTiling *t,
                        const WinogradRows *rows, const float *x, const float *zeros, float *v) {
    const float *pixels[MAX_T * MAX_T];
    for (int row = 0; row < rows->count; row++) {
        TilePlace place = tile_place(t, rows->first + row);
        find_pixels(x + conv_x_size(s) * place.image, s->h, s->w, s->c, place.y - s->padding,
                    place.x - s->padding, m + 2, zeros, pixels);
        if (row + TILES_AHEAD < rows->count)
            fetch_tile(s, tile_place(t, rows->first + row + TILES_AHEAD), x, m);
        put_panels(transform_input, m, m + 2, m + 2, pixels, s->c, t, 0, t->c_panels, rows,
                   v + (size_t)row * P);
    }
}

static void input(const ConvShape *s, const WinogradTiling *t, WinogradRows rows, const float *x,
                  const float *zeros, float *v) {
    if (t->tile == 4)
        input_tiles(4, s, t, &rows, x, zeros, v);
    else if (t->tile == 3)
        input_tiles(3, s, t, &rows, x, zeros, v);
    else
        input_tiles(1, s, t, &rows, x, zeros, v);
}

INLINE void expand_tiles(int m, const ConvShape *s, const WinogradTiling *t,
                         const WinogradRows *rows, int first_panel, int n_panels, const float *dy,
                         const float *zeros, float *dm) {
    const float *pixels[MAX_T * MAX_T];
    for (int row = 0; row < rows->count; row++) {
        TilePlace place = tile_place(t, rows->first + row);
        find_pixels(dy + conv_y_size(s) * place.image, s->out_h, s->out_w, s->o, place.y, place.x,
                    m, zeros, pixels);
        put_panels(expand_output, m, m, m + 2, pixels, s->o, t, first_panel, n_panels, rows,
                   dm + (size_t)row * P);
    }
}

static void expand(const ConvShape *s, const WinogradTiling *t, WinogradRows rows, int first_panel,
                   int n_panels, const float *dy, const float *zeros, float *dm) {
    if (t->tile == 4)
        expand_tiles(4, s, t, &rows, first_panel, n_panels, dy, zeros, dm);
    else
        expand_tiles(3, s, t, &rows, first_panel, n_panels, dy, zeros, dm);
}

/* Writes, or adds, the part of a tile of outputs (m × m, each P channels, its corner at y, x) that
 * lies on the image (h,w,O). */
INLINE void put_outputs(int m, int h, int w, int o, int y, int x, int offset,
                        const Vector out[][VECTORS], bool add, float *image) {
    float *corner = image + ((size_t)y * w + x) * o + offset;
    int height = h - y < m ? h - y : m, width = w - x < m ? w - x : m;
    int count = o - offset < P ? o - offset : P;
    if (count == P && height == m && width == m) {
#pragma GCC unroll 4
        for (int i = 0; i < m; i++)
#pragma GCC unroll 4
            for (int j = 0; j < m; j++)
                for (int v = 0; v < VECTORS; v++) {
                    float *to = corner + ((size_t)i * w + j) * o + v * LANES;
                    Vector value = out[i * m + j][v];
                    if (add)
                        value += vector_load(to);
                    vector_store(to, value);
                }
        return;
    }
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++) {
            const float *from = (const float *)out[i * m + j];
            float *to = corner + ((size_t)i * w + j) * o;
            for (int k = 0; k < count; k++)
                to[k] = add ? to[k] + from[k] : from[k];
        }
}

/* The largest of each 2×2 of the 4×4 outputs; NaN wins. */
INLINE void pool_outputs(const Vector out[][VECTORS], Vector pooled[][VECTORS]) {
    for (int i = 0; i < 4; i++)
        for (int v = 0; v < VECTORS; v++) {
            Vector best = out[i / 2 * 8 + i % 2 * 2][v];
            for (int k = 1; k < 4; k++) {
                Vector other = out[(i / 2 * 2 + k / 2) * 4 + i % 2 * 2 + k % 2][v];
                best = vector_select((other > best) | (other != other), other, best);
            }
            pooled[i][v] = best;
        }
}

INLINE void output_tiles(int m, const ConvShape *s, const WinogradTiling *t,
                         const WinogradRows *rows, int panel, const float *matrices,
                         WinogradFinish finish, float *y) {
    int side = m == 1 ? 1 : m + 2, offset = panel * P, shrink = m == 4 && finish.max_pool ? 2 : 1;
    int h = s->out_h / shrink, w = s->out_w / shrink;
    size_t stride = winograd_stride(t, 1, rows->space, P);
    float shift[P] = {0};
    if (finish.bias)
        memcpy(shift, finish.bias + offset,
               (s->o - offset < P ? s->o - offset : P) * sizeof(float));
    for (int row = 0; row < rows->count; row++) {
        const float *frequencies[MAX_T * MAX_T];
        Vector out[16][VECTORS], pooled[4][VECTORS];
        for (int f = 0; f < side * side; f++)
            frequencies[f] = matrices + stride * f + (size_t)row * P;
        for (int v = 0; v < VECTORS; v++) {
            Vector values[16], add = vector_load(shift + v * LANES);
            transform_2d(transform_output, m, side, m, frequencies, v * LANES, values);
#pragma GCC unroll 16
            for (int i = 0; i < m * m; i++) {
                Vector value = values[i] + add;
                out[i][v] = finish.relu ? (Vector)((VectorInt)value & ~(value <= 0)) : value;
            }
        }
        TilePlace place = tile_place(t, rows->first + row);
        float *image = y + (size_t)h * w * s->o * place.image;
        if (shrink == 1) {
            put_outputs(m, h, w, s->o, place.y, place.x, offset, out, finish.add, image);
        } else {
            pool_outputs(out, pooled);
            put_outputs(2, h, w, s->o, place.y / 2, place.x / 2, offset, pooled, finish.add, image);
        }
    }
}

static void output(const ConvShape *s, const WinogradTiling *t, WinogradRows rows, int panel,
                   const float *m, WinogradFinish finish, float *y) {
    if (t->tile == 4)
        output_tiles(4, s, t, &rows, panel, m, finish, y);
    else if (t->tile == 3)
        output_tiles(3, s, t, &rows, panel, m, finish, y);
    else
        output_tiles(1, s, t, &rows, panel, m, finish, y);
}

/* ------------------------------------------------------------------ products */

typedef Vector Sums[TILE_ROWS][VECTORS];

INLINE void load_sums(int n_rows, const float *from, Sums sums) {
#pragma GCC unroll 12
    for (int i = 0; i < n_rows; i++)
#pragma GCC unroll 2
        for (int v = 0; v < VECTORS; v++)
            sums[i][v] = vector_load(from + i * P + v * LANES);
}

INLINE void store_sums(int n_rows, Sums sums, float *to) {
#pragma GCC unroll 12
    for (int i = 0; i < n_rows; i++)
#pragma GCC unroll 2
        for (int v = 0; v < VECTORS; v++)
            vector_store(to + i * P + v * LANES, sums[i][v]);
}

/* sums[i] += Σ_k a[i * a_row + k * a_step] · b[k * P …]; meanwhile fetches what comes next, `ahead`
 * and each ahead_step floats after it, into the second-level cache. */
INLINE void accumulate(int n_rows, int depth, const float *a, int a_row, int a_step, const float *b,
                       const float *ahead, int ahead_step, Sums sums) {
    for (int k = 0; k < depth; k++, a += a_step, b += P, ahead += ahead_step) {
        __builtin_prefetch(ahead, 0, 2);
#pragma GCC unroll 12
        for (int i = 0; i < n_rows; i++)
#pragma GCC unroll 2
            for (int v = 0; v < VECTORS; v++)
                sums[i][v] += a[i * a_row] * vector_load(b + v * LANES);
    }
}

/* n_rows rows of M of one frequency, set or added to: the product of some panels of V and U. */
INLINE void product_rows(int n_rows, int panels, size_t panel_stride, const float *v,
                         const float *u, const float *ahead, int ahead_step, bool add, float *m) {
    Sums sums = {0};
    if (add)
        load_sums(n_rows, m, sums);
    for (int panel = 0; panel < panels;
         panel++, v += panel_stride, u += P * P, ahead += P * ahead_step)
        accumulate(n_rows, P, v, P, 1, u, ahead, ahead_step, sums);
    store_sums(n_rows, sums, m);
}

/* How many of `rest` rows to take at once: what fills the registers, or less. */
static int rows_at_once(int rest) {
    return rest >= TILE_ROWS ? TILE_ROWS : rest > ROW_MULTIPLE ? 2 * ROW_MULTIPLE : ROW_MULTIPLE;
}

/* Panels of U at a time: 16 KiB that stay in the first-level cache for all rows. */
enum { U_PANELS = 16384 / (P * P * 4) };

/* All rows of M of one frequency (+)= the product of a few panels of V and U. While they are
 * multiplied, the panels of U behind them are fetched. */
static void product_panels(int panels, WinogradRows rows, const float *v, const float *u, bool add,
                           float *m) {
    size_t panel_stride = (size_t)rows.space * P;
    int tiles = (rows.count + TILE_ROWS - 1) / TILE_ROWS, step = P / tiles;
    const float *ahead = u + panels * P * P;
    for (int row = 0, at_once; row < rows.count; row += at_once, ahead += panels * P * step) {
        at_once = rows_at_once(rows.count - row);
        const float *from = v + row * P;
        float *to = m + row * P;
        if (at_once == TILE_ROWS)
            product_rows(TILE_ROWS, panels, panel_stride, from, u, ahead, step, add, to);
        else if (at_once == 2 * ROW_MULTIPLE)
            product_rows(2 * ROW_MULTIPLE, panels, panel_stride, from, u, ahead, step, add, to);
        else
            product_rows(ROW_MULTIPLE, panels, panel_stride, from, u, ahead, step, add, to);
    }
}

static void product(const WinogradTiling *t, WinogradRows rows, const float *v, const float *u,
                    float *m) {
    int depth = t->c_panels * (t->frequencies / t->products); /* panels that are added up */
    size_t v_stride = winograd_stride(t, t->c_panels, rows.space, P);
    size_t m_stride = winograd_stride(t, 1, rows.space, P);
    for (int f = 0; f < t->products; f++, v += v_stride, m += m_stride)
        for (int first = 0, panels; first < depth; first += panels, u += (size_t)panels * P * P) {
            panels = depth - first < U_PANELS ? depth - first : U_PANELS;
            product_panels(panels, rows, v + (size_t)rows.space * P * first, u, first > 0, m);
        }
}

/* n_rows rows (channels of x) of du of one frequency and pair of panels (+)= Vᵀ dM. */
INLINE void gradient_rows(int n_rows, int depth, const float *v, const float *dm, bool add,
                          float *du) {
    Sums sums = {0};
    if (add)
        load_sums(n_rows, du, sums);
    accumulate(n_rows, depth, v, 1, P, dm, du + n_rows * P, n_rows, sums);
    store_sums(n_rows, sums, du);
}

static void gradient_panel(int depth, const float *v, const float *dm, bool add, float *du) {
    for (int row = 0, at_once; row < P; row += at_once) {
        at_once = rows_at_once(P - row);
        if (at_once == TILE_ROWS)
            gradient_rows(TILE_ROWS, depth, v + row, dm, add, du + row * P);
        else if (at_once == 2 * ROW_MULTIPLE)
            gradient_rows(2 * ROW_MULTIPLE, depth, v + row, dm, add, du + row * P);
        else
            gradient_rows(ROW_MULTIPLE, depth, v + row, dm, add, du + row * P);
    }
}
_Static_assert(P % TILE_ROWS == 2 * ROW_MULTIPLE || P % TILE_ROWS == ROW_MULTIPLE,
               "the rows of a panel are taken without a rest");

static void product_gradient(const WinogradTiling *t, WinogradRows rows, int n_panels,
                             const float *v, const float *dm, bool add, float *du) {
    size_t panel_stride = (size_t)rows.space * P;
    size_t v_stride = winograd_stride(t, t->c_panels, rows.space, P);
    size_t dm_stride = winograd_stride(t, n_panels, rows.space, P);
    for (int panel = 0; panel < n_panels; panel++)
        for (int f = 0; f < t->frequencies; f++)
            for (int c = 0; c < t->c_panels; c++, du += P * P)
                gradient_panel(rows.count, v + v_stride * f + panel_stride * c,
                               dm + dm_stride * f + panel_stride * panel, add, du);
}

/* ------------------------------------------------------------------ weights */

/* Input channels at a time: their 9 weights each stand together in memory. */
enum { GROUP = 8, TAPS = 9 };

typedef float Taps[GROUP][TAPS][P];

/* taps[i][k][o] = weight k from input c + i to output offset + o; zero beyond C and O. */
static void gather_taps(const ConvShape *s, int offset, int c, const float *weight, bool turned,
                        Taps taps) {
    int n_outputs = s->o - offset < P ? s->o - offset : P,
        n_inputs = s->c - c < GROUP ? s->c - c : GROUP;
    if (n_outputs < P || n_inputs < GROUP)
        memset(taps, 0, sizeof(Taps));
    for (int o = 0; o < n_outputs; o++)
        for (int i = 0; i < n_inputs; i++) {
            const float *from = turned ? weight + ((size_t)(c + i) * s->o + offset + o) * TAPS
                                       : weight + ((size_t)(offset + o) * s->c + c + i) * TAPS;
            for (int k = 0; k < TAPS; k++)
                taps[i][k][o] = from[turned ? TAPS - 1 - k : k];
        }
}

INLINE void weight_panel(int m, const ConvShape *s, const WinogradTiling *t, int panel,
                         const float *weight, bool turned, float *u) {
    Taps taps;
    const float *places[TAPS];
    for (int c = 0; c < t->c_panels * P; c++) {
        if (c % GROUP == 0)
            gather_taps(s, panel * P, c, weight, turned, taps);
        for (int k = 0; k < TAPS; k++)
            places[k] = taps[c % GROUP][k];
        put_panel(transform_weight, m, 3, m + 2, places, 0, u + (size_t)c * P,
                  (size_t)t->c_panels * P * P);
    }
}

static void weight(const ConvShape *s, const WinogradTiling *t, int panel, const float *weights,
                   bool turned, float *u) {
    if (t->tile == 4)
        weight_panel(4, s, t, panel, weights, turned, u);
    else if (t->tile == 3)
        weight_panel(3, s, t, panel, weights, turned, u);
    else
        weight_panel(1, s, t, panel, weights, turned, u);
}

/* Writes or adds the taps of up to GROUP inputs, from c on, to dweight. */
static void scatter_taps(const ConvShape *s, int offset, int c, Taps taps, bool add,
                         float *dweight) {
    int n_outputs = s->o - offset < P ? s->o - offset : P,
        n_inputs = s->c - c < GROUP ? s->c - c : GROUP;
    for (int o = 0; o < n_outputs; o++) {
        float *to = dweight + ((size_t)(offset + o) * s->c + c) * TAPS;
        for (int i = 0; i < n_inputs; i++, to += TAPS)
            for (int k = 0; k < TAPS; k++)
                to[k] = add ? to[k] + taps[i][k][o] : taps[i][k][o];
    }
}

/* sums (F, P) = the parts' sums of one row of du. */
INLINE void sum_parts(int frequencies, size_t stride, const float *du, int parts,
                      size_t part_stride, float sums[][P]) {
    for (int f = 0; f < frequencies; f++, du += stride)
        for (int v = 0; v < VECTORS; v++) {
            Vector sum = vector_load(du + v * LANES);
            for (int part = 1; part < parts; part++)
                sum += vector_load(du + part_stride * part + v * LANES);
            vector_store(sums[f] + v * LANES, sum);
        }
}

INLINE void weight_gradient_panel(int m, const ConvShape *s, const WinogradTiling *t, int panel,
                                  const float *du, int parts, size_t part_stride, bool add,
                                  float *dweight) {
    int f_count = (m + 2) * (m + 2);
    float sums[MAX_T * MAX_T][P];
    const float *places[MAX_T * MAX_T];
    Taps taps;
    for (int f = 0; f < f_count; f++)
        places[f] = sums[f];
    for (int c = 0; c < s->c; c++) {
        sum_parts(f_count, (size_t)t->c_panels * P * P, du + (size_t)c * P, parts, part_stride,
                  sums);
        put_panel(gather_weight, m, m + 2, 3, places, 0, taps[c % GROUP][0], P);
        if (c % GROUP == GROUP - 1 || c == s->c - 1)
            scatter_taps(s, panel * P, c - c % GROUP, taps, add, dweight);
    }
}

static void weight_gradient(const ConvShape *s, const WinogradTiling *t, int panel, const float *du,
                            int parts, size_t part_stride, bool add, float *dweight) {
    if (t->tile == 4)
        weight_gradient_panel(4, s, t, panel, du, parts, part_stride, add, dweight);
    else
        weight_gradient_panel(3, s, t, panel, du, parts, part_stride, add, dweight);
}

const WinogradKernels KERNEL_TABLE(winograd) = {
    .panel = P,
    .row_multiple = ROW_MULTIPLE,
    .input = input,
    .product = product,
    .output = output,
    .expand = expand,
    .product_gradient = product_gradient,
    .weight = weight,
    .weight_gradient = weight_gradient,
};
