#include "nn/conv/winograd.h"

#include "nn/conv/counts.h"
#include "nn/kernels/winograd.h"

#include <omp.h>
#include <string.h>

/* Rows of a block: as many as let V stay in the second-level cache beside one panel of M, but
 * enough to use each weight often; measured on a machine with 2 MiB of it. */
enum { V_FLOATS = 300000, MIN_ROWS = 48, MAX_ROWS = 96 };

/* The sums of the weights' gradient are split into about this many tasks, whatever the threads. */
enum { GRADIENT_TASKS = 8, GRADIENT_CHANNELS = 64 };

/* Up to this many outputs of a channel the time goes into reading the weights, of which the direct
 * way has the fewest. */
enum { DIRECT_ROWS = 72 };

/* Channels from which on the transforms cost less than they save. */
enum { MIN_CHANNELS = 16 };

bool conv_winograd_fits(const ConvShape *s) {
    return s->kh == 3 && s->kw == 3 && s->stride == 1 && s->groups == 1 && s->padding <= 2 &&
           s->c >= MIN_CHANNELS && s->o >= MIN_CHANNELS;
}

static WinogradTiling tiling_with(const ConvShape *s, int tile) {
    int panel = KERNELS(winograd)->panel, frequencies = (tile + 2) * (tile + 2);
    return (WinogradTiling){.tile = tile,
                            .frequencies = frequencies,
                            .products = tile == 1 ? 1 : frequencies,
                            .tiles_h = divide_up(s->out_h, tile),
                            .tiles_w = divide_up(s->out_w, tile),
                            .c_panels = divide_up(s->c, panel),
                            .o_panels = divide_up(s->o, panel)};
}

/* The tile size with fewer multiplications. */
static WinogradTiling tiling_of(const ConvShape *s) {
    long cost4 = 36L * divide_up(s->out_h, 4) * divide_up(s->out_w, 4);
    long cost3 = 25L * divide_up(s->out_h, 3) * divide_up(s->out_w, 3);
    return tiling_with(s, cost3 < cost4 ? 3 : 4);
}

static int total_rows(const ConvShape *s, const WinogradTiling *t) {
    return s->n * t->tiles_h * t->tiles_w;
}

/* Rows of a block when `total` are to be taken in blocks of one size. */
static int block_rows(const WinogradTiling *t, int total) {
    int panel = KERNELS(winograd)->panel, limit = V_FLOATS / (t->frequencies * t->c_panels * panel);
    limit = limit < MIN_ROWS ? MIN_ROWS : limit > MAX_ROWS ? MAX_ROWS : limit;
    int blocks = divide_up(total, limit);
    return round_up(divide_up(total, blocks), KERNELS(winograd)->row_multiple);
}

static size_t matrix_size(const WinogradTiling *t, int panels, int rows) {
    return winograd_stride(t, panels, rows, KERNELS(winograd)->panel) * t->frequencies;
}

/* Floats of one panel of U. */
static size_t panel_size(const WinogradTiling *t) {
    int panel = KERNELS(winograd)->panel;
    return (size_t)t->frequencies * t->c_panels * panel * panel;
}

static float *borrow_zeros(Tape *tape, int count) {
    float *zeros = tape_borrow(tape, count);
    return zeros ? memset(zeros, 0, count * sizeof *zeros) : NULL;
}

/* U of all panels. */
static void transform_weights(const ConvShape *s, const WinogradTiling *t, const float *weight,
                              bool turned, float *u) {
#pragma omp parallel for
    for (int panel = 0; panel < t->o_panels; panel++)
        KERNELS(winograd)->weight(s, t, panel, weight, turned, u + panel_size(t) * panel);
}

/* The same in borrowed memory; NULL when it is out. */
static float *borrow_weights(Tape *tape, const ConvShape *s, const WinogradTiling *t,
                             const float *weight, bool turned) {
    float *u = tape_borrow(tape, panel_size(t) * t->o_panels);
    if (u)
        transform_weights(s, t, weight, turned, u);
    return u;
}

/* Into how many groups the panels of O go. Few blocks are made up for by more groups, each of which
 * transforms the input again: one task for each thread when there are less blocks than threads,
 * else twice as many, for balance. */
static int panel_groups(const WinogradTiling *t, int blocks) {
    int threads = omp_get_max_threads();
    return smaller(t->o_panels, divide_up(blocks < threads ? threads : 2 * threads, blocks));
}

/* y = x ⋆ U. A task is a block of rows and a group of panels of O. */
static int convolve(Tape *tape, const ConvShape *s, const WinogradTiling *t, const float *x,
                    const float *u, WinogradFinish finish, float *y) {
    const WinogradKernels *kernels = KERNELS(winograd);
    int total = total_rows(s, t), space = block_rows(t, total), blocks = divide_up(total, space);
    int groups = panel_groups(t, blocks);
    size_t v_size = matrix_size(t, t->c_panels, space), size = v_size + matrix_size(t, 1, space);
    float *zeros = borrow_zeros(tape, s->c),
          *scratch = tape_borrow(tape, size * omp_get_max_threads());
    if (!zeros || !scratch)
        return -1;
#pragma omp parallel for schedule(dynamic)
    for (int task = 0; task < blocks * groups; task++) {
        int first = task / groups * space, group = task % groups;
        WinogradRows rows = {first, smaller(total - first, space), space};
        float *v = scratch + size * omp_get_thread_num(), *m = v + v_size;
        kernels->input(s, t, rows, x, zeros, v);
        for (int panel = t->o_panels * group / groups; panel < t->o_panels * (group + 1) / groups;
             panel++) {
            kernels->product(t, rows, v, u + panel_size(t) * panel, m);
            kernels->output(s, t, rows, panel, m, finish, y);
        }
    }
    tape_release(tape, scratch);
    tape_release(tape, zeros);
    return 0;
}

int conv_winograd_forward(Tape *tape, const ConvShape *s, const float *x, const float *weight,
                          const float *bias, bool relu, float *y) {
    WinogradTiling t = tiling_of(s);
    float *u = borrow_weights(tape, s, &t, weight, false);
    if (!u || convolve(tape, s, &t, x, u, (WinogradFinish){.bias = bias, .relu = relu}, y))
        return -1;
    tape_release(tape, u);
    return 0;
}

/* Prepared weights are U of one tile size, and behind it U of the direct way where the usual map is
 * so small that a single picture is better off with it: (panels of O, F or F + 9, panels of C, P,
 * P). */
Shape conv_winograd_prepared_shape(const ConvShape *s) {
    WinogradTiling t = tiling_of(s);
    int panel = KERNELS(winograd)->panel;
    bool direct = s->out_h * s->out_w <= DIRECT_ROWS;
    return shape(t.o_panels, t.frequencies + (direct ? 9 : 0), t.c_panels, panel, panel);
}

static WinogradTiling prepared_tiling(const ConvShape *s, const Tensor *prepared) {
    return tiling_with(s, prepared->shape.size[1] >= 36 ? 4 : 3);
}

static bool has_direct(const ConvShape *s, const Tensor *prepared) {
    return prepared->shape.size[1] > prepared_tiling(s, prepared).frequencies;
}

static float *direct_weights(const ConvShape *s, const Tensor *prepared) {
    WinogradTiling t = prepared_tiling(s, prepared);
    return prepared->data + panel_size(&t) * t.o_panels;
}

void conv_winograd_prepare(const ConvShape *s, const float *weight, Tensor *prepared) {
    WinogradTiling t = prepared_tiling(s, prepared), direct = tiling_with(s, 1);
    transform_weights(s, &t, weight, false, prepared->data);
    if (has_direct(s, prepared))
        transform_weights(s, &direct, weight, false, direct_weights(s, prepared));
}

/* Whether this input is best convolved the direct way. */
static bool goes_direct(const ConvShape *s, const Tensor *prepared) {
    return has_direct(s, prepared) && (long)s->n * s->out_h * s->out_w <= DIRECT_ROWS;
}

bool conv_winograd_pools(const ConvShape *s, const Tensor *prepared) {
    return !goes_direct(s, prepared) && prepared_tiling(s, prepared).tile == 4 &&
           s->out_h % 2 == 0 && s->out_w % 2 == 0;
}

int conv_winograd_forward_prepared(Tape *tape, const ConvShape *s, const float *x,
                                   const Tensor *prepared, const float *bias, bool relu,
                                   bool max_pool, float *y) {
    bool direct = goes_direct(s, prepared);
    WinogradTiling t = direct ? tiling_with(s, 1) : prepared_tiling(s, prepared);
    return convolve(tape, s, &t, x, direct ? direct_weights(s, prepared) : prepared->data,
                    (WinogradFinish){.bias = bias, .relu = relu, .max_pool = max_pool}, y);
}

int conv_winograd_backward_data(Tape *tape, const ConvShape *s, const float *dy,
                                const float *weight, GradientSlot dx) {
    ConvShape turned = conv_turned(s);
    WinogradTiling t = tiling_of(&turned);
    float *u = borrow_weights(tape, &turned, &t, weight, true);
    if (!u || convolve(tape, &turned, &t, dy, u, (WinogradFinish){.add = dx.add}, dx.data))
        return -1;
    tape_release(tape, u);
    return 0;
}

/* How the sums of the weights' gradient are shared out: a task is a part of the rows and a group of
 * panels of O. Large gradients are split into groups rather than parts, each of which has sums of
 * its own. Depends on the shape alone. */
typedef struct GradientSplit {
    int parts, groups;
    int space; /* rows of a block */
} GradientSplit;

static GradientSplit gradient_split(const ConvShape *s, const WinogradTiling *t) {
    GradientSplit split = {.groups = smaller(t->o_panels, divide_up(s->o, GRADIENT_CHANNELS))};
    int total = total_rows(s, t);
    split.parts = smaller(divide_up(total, MIN_ROWS), divide_up(GRADIENT_TASKS, split.groups));
    split.space = block_rows(t, divide_up(total, split.parts));
    return split;
}

/* du of one task, summed over its blocks of rows. `scratch` holds V and dM of a block. */
static void sum_gradient(const ConvShape *s, const WinogradTiling *t, const GradientSplit *split,
                         int part, int group, const float *x, const float *dy, const float *zeros,
                         float *scratch, float *du) {
    const WinogradKernels *kernels = KERNELS(winograd);
    int first_panel = t->o_panels * group / split->groups;
    int n_panels = t->o_panels * (group + 1) / split->groups - first_panel;
    long total = total_rows(s, t);
    int start = (int)(total * part / split->parts), end = (int)(total * (part + 1) / split->parts);
    float *v = scratch, *dm = scratch + matrix_size(t, t->c_panels, split->space);
    du += panel_size(t) * first_panel;
    for (int first = start; first < end; first += split->space) {
        WinogradRows rows = {first, smaller(end - first, split->space), split->space};
        kernels->input(s, t, rows, x, zeros, v);
        kernels->expand(s, t, rows, first_panel, n_panels, dy, zeros, dm);
        kernels->product_gradient(t, rows, n_panels, v, dm, first > start, du);
    }
}

int conv_winograd_backward_weight(Tape *tape, const ConvShape *s, const float *x, const float *dy,
                                  GradientSlot dweight) {
    WinogradTiling t = tiling_of(s);
    GradientSplit split = gradient_split(s, &t);
    size_t part_size = panel_size(&t) * t.o_panels;
    size_t size = matrix_size(&t, t.c_panels, split.space) +
                  matrix_size(&t, divide_up(t.o_panels, split.groups), split.space);
    float *zeros = borrow_zeros(tape, s->c > s->o ? s->c : s->o);
    float *scratch = tape_borrow(tape, size * omp_get_max_threads());
    float *du = tape_borrow(tape, part_size * split.parts);
    if (!zeros || !scratch || !du)
        return -1;
#pragma omp parallel for schedule(dynamic)
    for (int task = 0; task < split.parts * split.groups; task++) {
        int part = task / split.groups, group = task % split.groups;
        sum_gradient(s, &t, &split, part, group, x, dy, zeros,
                     scratch + size * omp_get_thread_num(), du + part_size * part);
    }
#pragma omp parallel for
    for (int panel = 0; panel < t.o_panels; panel++)
        KERNELS(winograd)->weight_gradient(s, &t, panel, du + panel_size(&t) * panel, split.parts,
                                           part_size, dweight.add, dweight.data);
    tape_release(tape, du);
    tape_release(tape, scratch);
    tape_release(tape, zeros);
    return 0;
}
