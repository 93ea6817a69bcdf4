#include "infer/faces/detect/detector_level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WEIGHT_ONE = 256, BOXES_LIMIT = 1 << 18 };

static int clamp(int value, int low, int high) {
    return value < low ? low : value > high ? high : value;
}

void level_columns(Level *level, int picture_width, int picture_height) {
    double column_scale = 1.0 / ((double)level->width / picture_width);
    level->row_scale = 1.0 / ((double)level->height / picture_height);
    for (int i = 0; i < level->width; i++) {
        double position = column_scale * (i + 0.5) - 0.5;
        int at = (int)floor(position);
        level->sources[i] = (LevelColumn){at, (int)lrint((position - at) * WEIGHT_ONE)};
        if (at < 0)
            level->sources[i] = (LevelColumn){0, 0};
        else if (at >= picture_width - 1) /* the last pixel alone, as the right one of a pair */
            level->sources[i] = (LevelColumn){picture_width - 2, WEIGHT_ONE};
    }
}

/* Picture row `row` shrunk to the level's width, from memory when it is there; `keep` is not
 * overwritten. */
static const uint16_t *shrunk_row(const Level *level, GreyView picture,
                                  const LevelRowKernels *kernels, BandMemory *memory, int row,
                                  int keep) {
    for (int slot = 0; slot < 2; slot++)
        if (memory->shrunk_row[slot] == row)
            return memory->shrunk[slot];
    int slot = memory->shrunk_row[0] == keep;
    kernels->shrink(picture.pixels + row * picture.stride, level->sources, level->width,
                    memory->shrunk[slot]);
    memory->shrunk_row[slot] = row;
    return memory->shrunk[slot];
}

/* Writes row y of the copy. */
static void copy_row(const Level *level, GreyView picture, const LevelRowKernels *kernels,
                     BandMemory *memory, int y, uint8_t *pixels) {
    double position = level->row_scale * (y + 0.5) - 0.5;
    int at = (int)floor(position);
    int upper_row = clamp(at, 0, picture.height - 1),
        lower_row = clamp(at + 1, 0, picture.height - 1);
    const uint16_t *upper = shrunk_row(level, picture, kernels, memory, upper_row, lower_row);
    const uint16_t *lower = shrunk_row(level, picture, kernels, memory, lower_row, upper_row);
    kernels->blend(upper, lower, (int)lrint((position - at) * WEIGHT_ONE), level->width, pixels);
}

/* Adds a row to the tilted integral, whose value at (column c, row r) is the sum of the pixels in
 * the quarter plane that opens upward from pixel (c-1, r-1) at 45° to both sides (Lienhart and
 * Maydt): T(c,r) = T(c-1,r-1) + T(c+1,r-1) - T(c,r-2) + I(c-1,r-1) + I(c-1,r-2). Left of the
 * picture T(-1,r) = T(0,r-1), and likewise on its right, because the picture is zero there. */
static void integrate_tilted(const Level *level, const BandLayout *layout, BandMemory *memory,
                             uint32_t *out) {
    uint32_t *current = memory->tilted[2];
    memory->tilted[2] = memory->tilted[1];
    memory->tilted[1] = memory->tilted[0];
    memory->tilted[0] = current;
    const uint32_t *above = memory->tilted[1], *two_above = memory->tilted[2];
    const uint8_t *pixels = memory->pixels[0], *pixels_above = memory->pixels[1];
    int last = level->width;
    current[0] = above[1];
    for (int c = 1; c < last; c++)
        current[c] =
            above[c - 1] + above[c + 1] - two_above[c] + pixels[c - 1] + pixels_above[c - 1];
    current[last] = above[last - 1] + pixels[last - 1] + pixels_above[last - 1];
    for (int c = 0; c <= last; c++)
        out[c % layout->step * layout->plane + c / layout->step] = current[c];
}

/* Makes the integrals of the copy's rows y … y+rows-1. They start from zero above the first: a
 * window uses differences only. */
static void integrate_rows(const Level *level, int y, int rows, GreyView picture,
                           const BandLayout *layout, const LevelRowKernels *kernels,
                           BandMemory *memory) {
    bool tilt = layout->plan.cascade->has_tilted;
    size_t stride = (size_t)layout->stride, part = (size_t)layout->rows * stride;
    uint32_t *sums = memory->integrals, *tilted = sums + part,
             *squares = sums + part * (tilt ? 2 : 1);
    memory->shrunk_row[0] = memory->shrunk_row[1] = -1;
    memset(sums, 0, stride * sizeof *sums);
    memset(squares, 0, stride * sizeof *squares);
    if (tilt) {
        memset(tilted, 0, stride * sizeof *tilted);
        for (int i = 0; i < 3; i++)
            memset(memory->tilted[i], 0, ((size_t)level->width + 1) * sizeof *tilted);
        memset(memory->pixels[0], 0, (size_t)level->width);
    }
    for (int row = 0; row < rows; row++, sums += stride, squares += stride, tilted += stride) {
        uint8_t *pixels = memory->pixels[1];
        memory->pixels[1] = memory->pixels[0];
        memory->pixels[0] = pixels;
        copy_row(level, picture, kernels, memory, y + row, pixels);
        kernels->integrate(pixels, level->width, layout->step, layout->plane, sums, squares,
                           sums + stride, squares + stride);
        if (tilt)
            integrate_tilted(level, layout, memory, tilted + stride);
    }
}

/* OpenCV goes along a row and, where the first stage rejects a window, leaves out the one after it.
 * Of a run of rejected windows it therefore looks at every other one, and after a run of odd length
 * it leaves out the window that follows. Clears the bits of `passed` left out that way. */
static void leave_out_skipped(uint64_t *passed, const uint64_t *rejected, int words) {
    const uint64_t even = 0x5555555555555555u;
    uint64_t skip_first = 0;
    for (int i = 0; i < words; i++) {
        uint64_t rejects = rejected[i] & ~skip_first;
        uint64_t follows = rejects << 1 | skip_first;
        /* Adding the starts of the runs at odd places makes a carry run through them: below it,
         * even and odd places change roles (the same trick tells escaped characters apart in
         * simdjson). */
        uint64_t odd_starts = rejects & ~even & ~follows;
        uint64_t runs;
        skip_first = __builtin_add_overflow(odd_starts, rejects, &runs);
        passed[i] &= ~((even ^ runs << 1) & follows);
    }
}

static int add_box(BandMemory *memory, Box box, Error *error) {
    if (memory->n_boxes == memory->boxes_capacity) {
        if (memory->n_boxes >= BOXES_LIMIT)
            return error_set(error, "more than %d windows look like faces: not a photograph",
                             BOXES_LIMIT);
        size_t capacity = memory->boxes_capacity ? memory->boxes_capacity * 2 : 1024;
        Box *boxes = realloc(memory->boxes, capacity * sizeof *boxes);
        if (!boxes)
            return error_memory(error, "boxes", capacity * sizeof *boxes);
        memory->boxes = boxes;
        memory->boxes_capacity = capacity;
    }
    memory->boxes[memory->n_boxes++] = box;
    return 0;
}

/* Adds a box for each window of the row that is still alive. */
static int add_boxes(const Level *level, int y, BandMemory *memory, int words, Error *error) {
    for (int word = 0; word < words; word++)
        for (uint64_t bits = memory->passed[word]; bits; bits &= bits - 1) {
            int x = (word * 64 + __builtin_ctzll(bits)) * level->step;
            Box box = level->window;
            box.x = (int)lrintf((float)x * level->scale);
            box.y = (int)lrintf((float)y * level->scale);
            if (add_box(memory, box, error))
                return -1;
        }
    return 0;
}

int level_scan(const Level *level, int band, GreyView picture, const BandLayout *layout,
               const LevelRowKernels *row_kernels, const WindowKernels *window_kernels,
               BandMemory *memory, Error *error) {
    int first = band * BAND_ROWS;
    int rows = level->rows - first < BAND_ROWS ? level->rows - first : BAND_ROWS;
    int words = (level->columns + 63) / 64;
    const WindowPlan *plan = &layout->plan;
    integrate_rows(level, first * level->step, (rows - 1) * level->step + plan->cascade->height,
                   picture, layout, row_kernels, memory);
    const uint32_t *sums = memory->integrals;
    const uint32_t *squares =
        sums + (size_t)layout->rows * (size_t)layout->stride * (plan->cascade->has_tilted ? 2 : 1);
    size_t next = (size_t)level->step * (size_t)layout->stride;
    for (int row = 0; row < rows; row++, sums += next, squares += next) {
        window_kernels->first_stage(plan, sums, squares, level->columns, memory->norm,
                                    memory->passed, memory->rejected);
        leave_out_skipped(memory->passed, memory->rejected, words);
        window_kernels->later_stages(plan, sums, level->columns, memory->norm, memory->passed);
        if (add_boxes(level, (first + row) * level->step, memory, words, error))
            return -1;
    }
    return 0;
}
