#include "nn/conv/bfloat16.h"

#include "nn/base/bfloat16.h"
#include "nn/conv/counts.h"
#include "nn/conv/winograd.h"
#include "nn/kernels/bfloat16.h"

#include <omp.h>

enum { TAPS = 9 };

bool conv_bfloat16_fits(const ConvShape *s) {
    return conv_winograd_fits(s);
}

bool conv_bfloat16_has_unit(void) {
    return KERNELS(bfloat16)->available();
}

static int padded(int channels) {
    return round_up(channels, BFLOAT16_BLOCK);
}

/* Scratch for so many numbers in bfloat16, to be given back with release_halves; NULL when out of
 * memory. */
static uint16_t *borrow_halves(Tape *tape, size_t count) {
    void *scratch = tape_borrow(tape, (count + 1) / 2);
    return scratch;
}

static void release_halves(Tape *tape, uint16_t *halves) {
    void *scratch = halves;
    tape_release(tape, scratch);
}

/* ------------------------------------------------------------------ with the matrix unit */

/* y = (or +=) x ⋆ weight. */
static int convolve(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                    bool turned, const float *bias, bool relu, GradientSlot y) {
    const Bfloat16Kernels *kernels = KERNELS(bfloat16);
    int blocks = bfloat16_blocks(s->o);
    size_t block_size = (size_t)TAPS * padded(s->c) * BFLOAT16_BLOCK;
    size_t map_size = (size_t)bfloat16_room(s, 1) * padded(s->c);
    uint16_t *u = borrow_halves(tape, block_size * blocks);
    uint16_t *maps = borrow_halves(tape, map_size * omp_get_max_threads());
    if (!u || !maps)
        return -1;
#pragma omp parallel for
    for (int block = 0; block < blocks; block++)
        kernels->pack(s, block, weight, turned, u + block_size * block);
#pragma omp parallel for schedule(dynamic)
    for (int image = 0; image < s->n; image++)
        kernels->convolve(s, x + conv_x_size(s) * image, u, bias, relu, y.add,
                          maps + map_size * omp_get_thread_num(), y.data + conv_y_size(s) * image);
    release_halves(tape, maps);
    release_halves(tape, u);
    return 0;
}

/* How the sums of the weights' gradient are shared out: a task is a part of the images and a group
 * of blocks of outputs. Large gradients are split into groups rather than parts, each of which has
 * sums of its own. Depends on the shape alone. */
typedef struct GradientSplit {
    int parts, groups;
    int images; /* at a time */
} GradientSplit;

/* Of 512 positions the unit takes 16 steps for each load and store of the sums, which then cost
 * little. */
enum { GRADIENT_TASKS = 8, GRADIENT_BLOCKS = 2, GRADIENT_POSITIONS = 512 };

static GradientSplit gradient_split(const ConvShape *s) {
    GradientSplit split = {.groups = divide_up(bfloat16_blocks(s->o), GRADIENT_BLOCKS)};
    split.parts = smaller(s->n, divide_up(GRADIENT_TASKS, split.groups));
    split.images =
        smaller(divide_up(s->n, split.parts), divide_up(GRADIENT_POSITIONS, bfloat16_positions(s)));
    return split;
}

/* The sums of one task, as (padded outputs of the group, 9, padded C). */
static void sum_gradient(const ConvShape *s, const GradientSplit *split, int part, int group,
                         const float *x, const float *dy, uint16_t *scratch, float *sums) {
    int first_block = group * GRADIENT_BLOCKS;
    int n_blocks = smaller(GRADIENT_BLOCKS, bfloat16_blocks(s->o) - first_block);
    int start = (int)((long)s->n * part / split->parts);
    int end = (int)((long)s->n * (part + 1) / split->parts);
    for (int image = start; image < end; image += split->images)
        KERNELS(bfloat16)->gradient(s, smaller(split->images, end - image), first_block, n_blocks,
                                    x + conv_x_size(s) * image, dy + conv_y_size(s) * image,
                                    image > start, scratch, sums);
}

/* dweight (C,3,3) of one output (+)= the parts' sums (9, padded C). */
static void put_gradient(const ConvShape *s, const float *sums, int parts, size_t part_size,
                         bool add, float *dweight) {
    for (int c = 0; c < s->c; c++)
        for (int tap = 0; tap < TAPS; tap++) {
            const float *from = sums + (size_t)tap * padded(s->c) + c;
            float sum = add ? dweight[c * TAPS + tap] : 0;
            for (int part = 0; part < parts; part++)
                sum += from[part_size * part];
            dweight[c * TAPS + tap] = sum;
        }
}

static int backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                           GradientSlot dweight) {
    GradientSplit split = gradient_split(s);
    size_t output_size = (size_t)TAPS * padded(s->c), part_size = output_size * padded(s->o);
    size_t scratch_size = bfloat16_gradient_scratch(s, split.images, GRADIENT_BLOCKS);
    uint16_t *scratch = borrow_halves(tape, scratch_size * omp_get_max_threads());
    float *sums = tape_borrow(tape, part_size * split.parts);
    if (!scratch || !sums)
        return -1;
#pragma omp parallel for schedule(dynamic)
    for (int task = 0; task < split.parts * split.groups; task++) {
        int part = task / split.groups, group = task % split.groups;
        sum_gradient(s, &split, part, group, x, dy, scratch + scratch_size * omp_get_thread_num(),
                     sums + part_size * part +
                         output_size * (size_t)(group * GRADIENT_BLOCKS * BFLOAT16_BLOCK));
    }
#pragma omp parallel for
    for (int o = 0; o < s->o; o++)
        put_gradient(s, sums + output_size * o, split.parts, part_size, dweight.add,
                     dweight.data + (size_t)o * s->c * TAPS);
    tape_release(tape, sums);
    release_halves(tape, scratch);
    return 0;
}

/* ------------------------------------------------------------------ without */

/* A rounded copy, in borrowed memory. */
static float *round_all(Tape *tape, const float *from, size_t count) {
    float *to = tape_borrow(tape, count);
    if (!to)
        return NULL;
#pragma omp parallel for
    for (size_t i = 0; i < count; i++)
        to[i] = bfloat16_to_float(bfloat16_from_float(from[i]));
    return to;
}

static float *round_weight(Tape *tape, const ConvShape *s, const float *weight) {
    return round_all(tape, weight, (size_t)s->o * s->c * TAPS);
}

/* ------------------------------------------------------------------ either */

int conv_bfloat16_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                          const float *bias, bool relu, float *y) {
    if (conv_bfloat16_has_unit())
        return convolve(tape, s, x, weight, false, bias, relu, (GradientSlot){y, false});
    float *rounded_x = round_all(tape, x, conv_x_size(s) * s->n);
    float *rounded = round_weight(tape, s, weight);
    if (!rounded_x || !rounded || conv_winograd_forward(tape, s, rounded_x, rounded, bias, relu, y))
        return -1;
    tape_release(tape, rounded);
    tape_release(tape, rounded_x);
    return 0;
}

int conv_bfloat16_backward_data(Tape *tape, const ConvShape *s, const float *dy,
                                const float *weight, GradientSlot dx) {
    if (conv_bfloat16_has_unit()) {
        ConvShape turned = conv_turned(s);
        return convolve(tape, &turned, dy, weight, true, NULL, false, dx);
    }
    float *rounded_dy = round_all(tape, dy, conv_y_size(s) * s->n);
    float *rounded = round_weight(tape, s, weight);
    if (!rounded_dy || !rounded || conv_winograd_backward_data(tape, s, rounded_dy, rounded, dx))
        return -1;
    tape_release(tape, rounded);
    tape_release(tape, rounded_dy);
    return 0;
}

int conv_bfloat16_backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                                  GradientSlot dweight) {
    if (conv_bfloat16_has_unit())
        return backward_weight(tape, s, x, dy, dweight);
    float *rounded_x = round_all(tape, x, conv_x_size(s) * s->n);
    float *rounded_dy = round_all(tape, dy, conv_y_size(s) * s->n);
    if (!rounded_x || !rounded_dy ||
        conv_winograd_backward_weight(tape, s, rounded_x, rounded_dy, dweight))
        return -1;
    tape_release(tape, rounded_dy);
    tape_release(tape, rounded_x);
    return 0;
}
