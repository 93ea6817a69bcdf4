#include "nn/kernels/bfloat16.h"

#include "nn/kernels/panels.h"

/* Compilers without the unit's instructions lack their header, which differs by name. */
#if defined ISA_AVX512 && defined __linux__ &&                                                     \
    (__has_include(<amxbf16intrin.h>) || __has_include(<amxintrin.h>))
#    define HAVE_UNIT
#endif

#ifndef HAVE_UNIT

static bool available(void) {
    return false;
}

const Bfloat16Kernels KERNEL_TABLE(bfloat16) = {.available = available};

#else

#    include <cpuid.h>
#    include <stdatomic.h>
#    include <sys/syscall.h>
#    include <unistd.h>

#    define MATRIX __attribute__((target("amx-tile,amx-bf16,avx512bf16")))

/* BLOCK channels are two tiles of the unit, and as many positions two others. */
enum { TILE = 16, BLOCK = BFLOAT16_BLOCK, TAPS = 9, TILE_HALVES = TILE * BLOCK };

/* ------------------------------------------------------------------ the unit */

/* Linux gives a process the unit's registers on request. */
static bool request(void) {
    const long ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18;
    return !syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA);
}

static bool find_unit(void) {
    enum { AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24, AVX512_BF16 = 1 << 5 };
    unsigned a, b, c, d, a1, b1, c1, d1;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && __get_cpuid_count(7, 1, &a1, &b1, &c1, &d1) &&
           (d & AMX_BF16) && (d & AMX_TILE) && (a1 & AVX512_BF16) && request();
}

static bool available(void) {
    static atomic_int known = -1;
    int found = atomic_load_explicit(&known, memory_order_relaxed);
    if (found < 0) {
        found = find_unit();
        atomic_store_explicit(&known, found, memory_order_relaxed);
    }
    return found;
}

/* Eight registers, each of 16 rows of 64 bytes: 0 … 3 for sums, 4 and 5 for left factors, 6 and 7
 * for right ones. */
MATRIX static void begin(void) {
    static const struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } config = {.palette = 1,
                .bytes = {64, 64, 64, 64, 64, 64, 64, 64},
                .rows = {TILE, TILE, TILE, TILE, TILE, TILE, TILE, TILE}};
    _tile_loadconfig(&config);
    __asm__ volatile("" ::: "memory"); /* GCC does not tell what its loads read */
}

MATRIX INLINE void clear_sums(void) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
}

/* Sums are 32×32, `stride` floats from row to row. */
MATRIX INLINE void load_sums(const float *sums, size_t stride) {
    _tile_loadd(0, sums, stride * sizeof *sums);
    _tile_loadd(1, sums + TILE, stride * sizeof *sums);
    _tile_loadd(2, sums + TILE * stride, stride * sizeof *sums);
    _tile_loadd(3, sums + TILE * stride + TILE, stride * sizeof *sums);
}

MATRIX INLINE void store_sums(float *sums, size_t stride) {
    _tile_stored(0, sums, stride * sizeof *sums);
    _tile_stored(1, sums + TILE, stride * sizeof *sums);
    _tile_stored(2, sums + TILE * stride, stride * sizeof *sums);
    _tile_stored(3, sums + TILE * stride + TILE, stride * sizeof *sums);
}

/* ------------------------------------------------------------------ maps */

/* How images (H,W,C) lie on maps of `positions`, in rows of `width`, the first value at `top` and
 * `left`. */
typedef struct Layout {
    int h, w, c;
    int top, left, width, positions;
} Layout;

static Layout input_layout(const ConvShape *s) {
    return (Layout){
        s->h, s->w, s->c, s->padding, s->padding, bfloat16_width(s), bfloat16_positions(s)};
}

static Layout output_layout(const ConvShape *s) {
    return (Layout){s->out_h, s->out_w, s->o, 0, 0, bfloat16_width(s), bfloat16_positions(s)};
}

MATRIX INLINE void store_rounded(uint16_t *to, Vector values) {
    _mm256_storeu_si256((__m256i *)to, (__m256i)_mm512_cvtneps_pbh((__m512)values));
}

/* Rounds channels first … first+padded-1 of some pixels of `c` channels each; those beyond C are
 * zero. */
MATRIX INLINE void round_pixels(int count, int c, int first, int padded, const float *from,
                                uint16_t *to) {
    if (c == padded) {
        for (size_t i = 0; i < (size_t)count * c; i += LANES)
            store_rounded(to + i, vector_load(from + i));
        return;
    }
    for (int pixel = 0; pixel < count; pixel++, from += c, to += padded)
        for (int i = 0; i < padded; i += LANES) {
            int lanes = lanes_from(first + i, c);
            store_rounded(to + i, lanes > 0 ? load_lanes(from + first + i, lanes) : vector_of(0));
        }
}

INLINE uint16_t *put_zeros(uint16_t *to, size_t count) {
    memset(to, 0, count * sizeof *to);
    return to + count;
}

/* The maps of some images, one after another, and zeros up to `room`: channels first …
 * first+padded-1 of each position. */
MATRIX static void fill_maps(const Layout *l, int images, int room, int first, int padded,
                             const float *from, uint16_t *map) {
    const uint16_t *start = map;
    int below = l->positions - (l->top + l->h) * l->width, right = l->width - l->left - l->w;
    for (int image = 0; image < images; image++) {
        map = put_zeros(map, (size_t)l->top * l->width * padded);
        for (int y = 0; y < l->h; y++, from += (size_t)l->w * l->c) {
            map = put_zeros(map, (size_t)l->left * padded);
            round_pixels(l->w, l->c, first, padded, from, map);
            map = put_zeros(map + (size_t)l->w * padded, (size_t)right * padded);
        }
        map = put_zeros(map, (size_t)below * padded);
    }
    put_zeros(map, (size_t)room * padded - (size_t)(map - start));
}

/* 32 channels of a and b next to each other: (a0 b0 a1 b1 …). */
MATRIX INLINE void interleave(const uint16_t *a, const uint16_t *b, __m512i *low, __m512i *high) {
    static const uint16_t order[2][BLOCK] = {
        {0, 32, 1, 33, 2,  34, 3,  35, 4,  36, 5,  37, 6,  38, 7,  39,
         8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47},
        {16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55,
         24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63}};
    __m512i left = _mm512_loadu_si512(a), right = _mm512_loadu_si512(b);
    *low = _mm512_permutex2var_epi16(left, _mm512_loadu_si512(order[0]), right);
    *high = _mm512_permutex2var_epi16(left, _mm512_loadu_si512(order[1]), right);
}

/* ------------------------------------------------------------------ convolution */

/* The weights of 16 outputs from `first` on, `stride` floats apart, rounded; zeros for those beyond
 * `count`. */
MATRIX INLINE __m512i gather(const float *weight, size_t first, int stride, int count) {
    if (count <= 0)
        return _mm512_setzero_si512();
    const float *from = weight + first;
    __mmask16 lanes = count >= TILE ? 0xffff : (1 << count) - 1;
    __m512i order = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __m512i at = _mm512_mullo_epi32(order, _mm512_set1_epi32(stride));
    __m512 values = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), lanes, at, from, sizeof *from);
    return _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(values));
}

MATRIX static void pack(const ConvShape *s, int block, const float *weight, bool turned,
                        uint16_t *u) {
    int depth = bfloat16_blocks(s->c);
    int from_c = turned ? s->o * TAPS : TAPS, from_o = turned ? TAPS : s->c * TAPS;
    for (int tap = 0; tap < TAPS; tap++)
        for (int k = 0; k < depth; k++)
            for (int o = block * BLOCK; o < (block + 1) * BLOCK; o += TILE)
                for (int c = k * BLOCK; c < (k + 1) * BLOCK; c += 2, u += BLOCK) {
                    size_t from =
                        (size_t)c * from_c + (size_t)o * from_o + (turned ? TAPS - 1 - tap : tap);
                    int outputs = s->o - o;
                    __m512i even = gather(weight, from, from_o, c < s->c ? outputs : 0);
                    __m512i odd = gather(weight, from + from_c, from_o, c + 1 < s->c ? outputs : 0);
                    _mm512_storeu_si512(u, _mm512_or_si512(even, _mm512_slli_epi32(odd, 16)));
                }
}

/* The sums of up to 32 positions (16 unless `two`) from one on and a block of outputs. */
MATRIX INLINE void multiply(bool two, int width, int depth, const uint16_t *map, const uint16_t *u,
                            float *sums) {
    size_t padded = (size_t)depth * BLOCK, stride = padded * sizeof *map;
    clear_sums();
    for (int tap = 0; tap < TAPS; tap++) {
        const uint16_t *from = map + (tap / 3 * width + tap % 3) * padded;
        for (int k = 0; k < depth; k++, from += BLOCK, u += 2 * TILE_HALVES) {
            _tile_loadd(6, u, 64);
            _tile_loadd(7, u + TILE_HALVES, 64);
            _tile_loadd(4, from, stride);
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
            if (two) {
                _tile_loadd(5, from + TILE * padded, stride);
                _tile_dpbf16ps(2, 5, 6);
                _tile_dpbf16ps(3, 5, 7);
            }
        }
    }
    store_sums(sums, BLOCK);
}

/* Writes the sums of positions in a row of outputs, from their channel `offset` on. */
INLINE void put_row(int count, int o, int offset, const float *sums, const float *bias, bool relu,
                    bool add, float *y) {
    for (int i = 0; i < count; i++, sums += BLOCK, y += o)
        for (int j = 0; j < BLOCK && offset + j < o; j += LANES) {
            int lanes = lanes_from(offset + j, o);
            Vector value = vector_load(sums + j);
            if (add)
                value += load_lanes(y + offset + j, lanes);
            if (bias)
                value += load_lanes(bias + offset + j, lanes);
            store_lanes(y + offset + j, relu ? vector_relu(value) : value, lanes);
        }
}

/* Writes those of `count` positions from `first` on that are outputs. */
static void put_sums(const ConvShape *s, int first, int count, int offset, const float *sums,
                     const float *bias, bool relu, bool add, float *y) {
    int width = bfloat16_width(s), start = first;
    for (int end = first + count; first < end;) {
        int row = first / width, column = first % width;
        int next = (row + 1) * width, last = row * width + s->out_w;
        if (row >= s->out_h)
            return;
        if (last > end)
            last = end;
        if (first < last)
            put_row(last - first, s->o, offset, sums + (size_t)(first - start) * BLOCK, bias, relu,
                    add, y + ((size_t)row * s->out_w + column) * s->o);
        first = next;
    }
}

MATRIX static void convolve(const ConvShape *s, const float *x, const uint16_t *u,
                            const float *bias, bool relu, bool add, uint16_t *map, float *y) {
    int depth = bfloat16_blocks(s->c), width = bfloat16_width(s);
    int end = (s->out_h - 1) * width + s->out_w;
    Layout layout = input_layout(s);
    _Alignas(64) float sums[BLOCK * BLOCK];
    fill_maps(&layout, 1, bfloat16_room(s, 1), 0, depth * BLOCK, x, map);
    begin();
    for (int block = 0; block < bfloat16_blocks(s->o); block++) {
        for (int first = 0; first < end; first += BLOCK) {
            const uint16_t *from = map + (size_t)first * depth * BLOCK;
            bool two = end - first > TILE;
            if (two)
                multiply(true, width, depth, from, u, sums);
            else
                multiply(false, width, depth, from, u, sums);
            put_sums(s, first, two ? BLOCK : TILE, block * BLOCK, sums, bias, relu, add, y);
        }
        u += (size_t)TAPS * depth * BLOCK * BLOCK;
    }
    _tile_release();
}

/* ------------------------------------------------------------------ the weights' gradient */

/* The map's positions in pairs: (2i, 2i + 1) in `even`, (2i + 1, 2i + 2) in `odd`, as (pairs, C,
 * 2). */
MATRIX static void fill_pairs(int room, int padded, const uint16_t *map, uint16_t *even,
                              uint16_t *odd) {
    for (int position = 0; position + 2 < room; position += 2, map += padded)
        for (int c = 0; c < padded; c += BLOCK, map += BLOCK, even += 2 * BLOCK, odd += 2 * BLOCK) {
            __m512i low, high;
            interleave(map, map + padded, &low, &high);
            _mm512_storeu_si512(even, low);
            _mm512_storeu_si512(even + BLOCK, high);
            interleave(map + padded, map + 2 * padded, &low, &high);
            _mm512_storeu_si512(odd, low);
            _mm512_storeu_si512(odd + BLOCK, high);
        }
}

/* Transposes 16×16 numbers of 32 bits. */
MATRIX INLINE void transpose(__m512i r[TILE]) {
    __m512i t[TILE];
#    pragma GCC unroll 8
    for (int i = 0; i < TILE; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
#    pragma GCC unroll 4
    for (int i = 0; i < TILE; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
#    pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    }
#    pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
        r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
        r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
    }
}

/* The map's positions and channels transposed: (steps, C / 16, 16 of C, 32 positions). */
MATRIX static void transpose_map(int steps, int padded, const uint16_t *map, uint16_t *columns) {
    for (int step = 0; step < steps; step++, map += (size_t)BLOCK * padded)
        for (int c = 0; c < padded; c += BLOCK) {
            __m512i low[TILE], high[TILE];
            for (int i = 0; i < TILE; i++)
                interleave(map + (size_t)(2 * i) * padded + c,
                           map + (size_t)(2 * i + 1) * padded + c, &low[i], &high[i]);
            transpose(low);
            transpose(high);
            for (int i = 0; i < TILE; i++, columns += BLOCK) {
                _mm512_storeu_si512(columns, low[i]);
                _mm512_storeu_si512(columns + TILE_HALVES, high[i]);
            }
            columns += TILE_HALVES;
        }
}

/* sums (32 outputs, 32 of C) (+)= Σ over positions: `dy` is two tiles of transpose_map, dy_step
 * halves from one step to the next, `x` starts at the tap's first pair. */
MATRIX INLINE void multiply_pairs(int steps, const uint16_t *dy, size_t dy_step, const uint16_t *x,
                                  size_t padded, bool add, float *sums, size_t sums_stride) {
    size_t stride = padded * 2 * sizeof *x;
    if (add)
        load_sums(sums, sums_stride);
    else
        clear_sums();
    for (int step = 0; step < steps; step++, dy += dy_step, x += TILE * padded * 2) {
        _tile_loadd(4, dy, 64);
        _tile_loadd(5, dy + TILE_HALVES, 64);
        _tile_loadd(6, x, stride);
        _tile_loadd(7, x + BLOCK, stride);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    store_sums(sums, sums_stride);
}

MATRIX static void gradient(const ConvShape *s, int images, int first_block, int n_blocks,
                            const float *x, const float *dy, bool add, uint16_t *scratch,
                            float *dweight) {
    int width = bfloat16_width(s), room = bfloat16_room(s, images);
    int depth = bfloat16_blocks(s->c), outputs = n_blocks * BLOCK;
    int steps = (bfloat16_positions(s) * images + BLOCK - 1) / BLOCK;
    size_t padded = (size_t)depth * BLOCK;
    Layout inputs = input_layout(s), places = output_layout(s);
    uint16_t *even = scratch, *odd = even + room * padded, *columns = odd + room * padded;
    uint16_t *map = columns + (size_t)room * outputs;
    fill_maps(&inputs, images, room, 0, (int)padded, x, map);
    fill_pairs(room, (int)padded, map, even, odd);
    fill_maps(&places, images, room, first_block * BLOCK, outputs, dy, map);
    transpose_map(steps, outputs, map, columns);
    begin();
    for (int block = 0; block < n_blocks; block++)
        for (int c = 0; c < depth; c++)
            for (int tap = 0; tap < TAPS; tap++) {
                int shift = tap / 3 * width + tap % 3;
                const uint16_t *from = (shift % 2 ? odd : even) + (size_t)(shift / 2) * padded * 2;
                multiply_pairs(steps, columns + (size_t)block * 2 * TILE_HALVES,
                               (size_t)BLOCK * outputs, from + (size_t)c * BLOCK * 2, padded, add,
                               dweight + ((size_t)block * BLOCK * TAPS + tap) * padded + c * BLOCK,
                               TAPS * padded);
            }
    _tile_release();
}

const Bfloat16Kernels KERNEL_TABLE(bfloat16) = {
    .available = available,
    .pack = pack,
    .convolve = convolve,
    .gradient = gradient,
};

#endif
