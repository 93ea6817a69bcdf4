#include "nn/conv/general.h"

#include "nn/conv/finish.h"
#include "nn/core/gemm.h"

#include <omp.h>
#include <string.h>

/* Floats of unfolded input at a time: 256 KiB, so that they and the weights share the level-2
 * cache. */
enum { COLUMNS_BLOCK = 65536 };

/* Sizes of the matrix product of one group: `depth` values make one of `width` outputs. */
typedef struct Unfolding {
    int group_c, width, depth;
    int positions;           /* of one image */
    int block;               /* positions at a time */
    int blocks;              /* of one image */
    size_t columns, weights; /* floats */
} Unfolding;

static Unfolding unfolding_of(const ConvShape *s) {
    Unfolding u = {
        .group_c = s->c / s->groups, .width = s->o / s->groups, .positions = s->out_h * s->out_w};
    u.depth = s->kh * s->kw * u.group_c;
    u.block = COLUMNS_BLOCK / u.depth;
    u.block = u.block < 1 ? 1 : u.block > u.positions ? u.positions : u.block;
    u.blocks = (u.positions + u.block - 1) / u.block;
    u.columns = (size_t)u.block * u.depth;
    u.weights = (size_t)u.depth * u.width;
    return u;
}

static int block_length(const Unfolding *u, int block) {
    int rest = u->positions - block * u->block;
    return rest < u->block ? rest : u->block;
}

/* packed (G, KH, KW, C/G, O/G) from weight (O, C/G, KH, KW): the matrix that columns are multiplied
 * with. */
static void pack_weights(const ConvShape *s, const Unfolding *u, const float *weight,
                         float *packed) {
    int taps = s->kh * s->kw;
#pragma omp parallel for
    for (int o = 0; o < s->o; o++) {
        float *to = packed + (size_t)(o / u->width) * u->weights + o % u->width;
        for (int c = 0; c < u->group_c; c++)
            for (int tap = 0; tap < taps; tap++)
                to[(size_t)(tap * u->group_c + c) * u->width] =
                    weight[((size_t)o * u->group_c + c) * taps + tap];
    }
}

/* Where tap `ky, kx` of output position `p` reads in its image, or NULL on the padding. */
static const float *tap_source(const ConvShape *s, const float *x, int p, int ky, int kx) {
    int iy = p / s->out_w * s->stride - s->padding + ky;
    int ix = p % s->out_w * s->stride - s->padding + kx;
    if (iy < 0 || iy >= s->h || ix < 0 || ix >= s->w)
        return NULL;
    return x + ((size_t)iy * s->w + ix) * s->c;
}

/* columns (count, KH·KW·C/G): what the positions first … first+count-1 of one image read of a
 * group. */
static void unfold(const ConvShape *s, const Unfolding *u, const float *x, int group, int first,
                   int count, float *columns) {
    size_t bytes = u->group_c * sizeof(float);
    for (int p = first; p < first + count; p++)
        for (int ky = 0; ky < s->kh; ky++)
            for (int kx = 0; kx < s->kw; kx++, columns += u->group_c) {
                const float *source = tap_source(s, x, p, ky, kx);
                if (source)
                    memcpy(columns, source + group * u->group_c, bytes);
                else
                    memset(columns, 0, bytes);
            }
}

/* The reverse: adds each column value to where it was read from. */
static void fold(const ConvShape *s, const Unfolding *u, const float *columns, int group, int first,
                 int count, float *dx) {
    for (int p = first; p < first + count; p++)
        for (int ky = 0; ky < s->kh; ky++)
            for (int kx = 0; kx < s->kw; kx++, columns += u->group_c) {
                float *target = (float *)tap_source(s, dx, p, ky, kx);
                if (!target)
                    continue;
                target += group * u->group_c;
                for (int c = 0; c < u->group_c; c++)
                    target[c] += columns[c];
            }
}

int conv_general_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                         const float *bias, bool relu, float *y) {
    Unfolding u = unfolding_of(s);
    float *packed = tape_borrow(tape, u.weights * s->groups);
    float *scratch = tape_borrow(tape, u.columns * omp_get_max_threads());
    if (!packed || !scratch)
        return -1;
    pack_weights(s, &u, weight, packed);
#pragma omp parallel for schedule(dynamic)
    for (int task = 0; task < s->n * u.blocks; task++) {
        int image = task / u.blocks, first = task % u.blocks * u.block;
        int count = block_length(&u, task % u.blocks);
        float *columns = scratch + u.columns * omp_get_thread_num();
        float *to = y + conv_y_size(s) * image + (size_t)first * s->o;
        for (int group = 0; group < s->groups; group++) {
            unfold(s, &u, x + conv_x_size(s) * image, group, first, count, columns);
            gemm(false, false, count, u.width, u.depth, columns, u.depth,
                 packed + u.weights * group, u.width, 0, to + group * u.width, s->o);
        }
        conv_finish(count, s->o, bias, relu, to);
    }
    tape_release(tape, scratch);
    tape_release(tape, packed);
    return 0;
}

int conv_general_backward_data(Tape *tape, const ConvShape *s, const float *dy, const float *weight,
                               GradientSlot dx) {
    Unfolding u = unfolding_of(s);
    float *packed = tape_borrow(tape, u.weights * s->groups);
    float *scratch = tape_borrow(tape, u.columns * omp_get_max_threads());
    if (!packed || !scratch)
        return -1;
    pack_weights(s, &u, weight, packed);
#pragma omp parallel for schedule(dynamic)
    for (int image = 0; image < s->n; image++) {
        float *columns = scratch + u.columns * omp_get_thread_num();
        float *to = dx.data + conv_x_size(s) * image;
        if (!dx.add)
            memset(to, 0, conv_x_size(s) * sizeof *to);
        for (int task = 0; task < u.blocks * s->groups; task++) {
            int group = task % s->groups, block = task / s->groups, count = block_length(&u, block);
            const float *from =
                dy + conv_y_size(s) * image + (size_t)block * u.block * s->o + group * u.width;
            gemm(false, true, count, u.depth, u.width, from, s->o, packed + u.weights * group,
                 u.width, 0, columns, u.depth);
            fold(s, &u, columns, group, block * u.block, count, to);
        }
    }
    tape_release(tape, scratch);
    tape_release(tape, packed);
    return 0;
}

/* dweight (O, C/G, KH, KW) from the parts' sums (parts, G, KH, KW, C/G, O/G), added in order. */
static void sum_parts(const ConvShape *s, const Unfolding *u, const float *sums,
                      GradientSlot dweight) {
    int taps = s->kh * s->kw, parts = conv_parts(s->n);
    size_t stride = u->weights * s->groups;
#pragma omp parallel for
    for (int o = 0; o < s->o; o++)
        for (int c = 0; c < u->group_c; c++)
            for (int tap = 0; tap < taps; tap++) {
                const float *from = sums + (size_t)(o / u->width) * u->weights +
                                    (size_t)(tap * u->group_c + c) * u->width + o % u->width;
                float *to = dweight.data + ((size_t)o * u->group_c + c) * taps + tap;
                float sum = dweight.add ? *to : 0;
                for (int part = 0; part < parts; part++)
                    sum += from[stride * part];
                *to = sum;
            }
}

int conv_general_backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                                 GradientSlot dweight) {
    Unfolding u = unfolding_of(s);
    int parts = conv_parts(s->n);
    size_t stride = u.weights * s->groups;
    float *sums = tape_borrow(tape, stride * parts);
    float *scratch = tape_borrow(tape, u.columns * omp_get_max_threads());
    if (!sums || !scratch)
        return -1;
#pragma omp parallel for schedule(dynamic)
    for (int part = 0; part < parts; part++) {
        float *columns = scratch + u.columns * omp_get_thread_num();
        memset(sums + stride * part, 0, stride * sizeof *sums);
        for (int image = conv_part_first(s->n, part); image < conv_part_first(s->n, part + 1);
             image++)
            for (int task = 0; task < u.blocks * s->groups; task++) {
                int group = task % s->groups, block = task / s->groups,
                    count = block_length(&u, block);
                const float *from =
                    dy + conv_y_size(s) * image + (size_t)block * u.block * s->o + group * u.width;
                unfold(s, &u, x + conv_x_size(s) * image, group, block * u.block, count, columns);
                gemm(true, false, u.depth, u.width, count, columns, u.depth, from, s->o, 1,
                     sums + stride * part + u.weights * group, u.width);
            }
    }
    sum_parts(s, &u, sums, dweight);
    tape_release(tape, scratch);
    tape_release(tape, sums);
    return 0;
}
