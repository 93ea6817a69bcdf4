#include "infer/faces/detect/face_detector.h"

#include "infer/faces/detect/detector_level.h"

#include <limits.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS_LIMIT = 512, THREADS_LIMIT = 256, SIDE_LIMIT = 1 << 15, STEPS = 2 };
#define GROUP_TOLERANCE 0.2 /* OpenCV's */

struct FaceDetector {
    Cascade *cascade;
    const LevelRowKernels *row_kernels;
    const WindowKernels *window_kernels;
    /* All that follows is for pictures of one size, searched with one range of sizes. */
    int width, height;
    DetectorSettings settings;
    Level levels[LEVELS_LIMIT];
    int n_levels;
    LevelColumn *sources;
    BandLayout layouts[STEPS]; /* for step 1 and step 2 */
    BandMemory *memory;        /* one for each thread */
    int n_memory;
    FaceBox *faces;
};

FaceDetector *face_detector_create(Cascade *cascade, Isa isa, Error *error) {
    FaceDetector *detector = calloc(1, sizeof *detector);
    if (!detector) {
        error_memory(error, "a face detector", sizeof *detector);
        cascade_free(cascade);
        return NULL;
    }
    detector->cascade = cascade;
    detector->row_kernels = KERNELS_OF(level_row, isa);
    detector->window_kernels = KERNELS_OF(window, isa);
    return detector;
}

FaceDetector *face_detector_open(const char *name, Error *error) {
    char path[4096];
    if (cascade_locate(name ? name : CASCADE_DEFAULT, path, sizeof path, error))
        return NULL;
    Cascade *cascade = cascade_load(path, error);
    return cascade ? face_detector_create(cascade, isa_current(), error) : NULL;
}

/* Frees what is made for one size of picture. */
static void forget_picture(FaceDetector *detector) {
    for (int i = 0; i < detector->n_memory; i++) {
        BandMemory *memory = &detector->memory[i];
        for (int k = 0; k < 2; k++) {
            free(memory->shrunk[k]);
            free(memory->pixels[k]);
        }
        for (int k = 0; k < 3; k++)
            free(memory->tilted[k]);
        free(memory->integrals);
        free(memory->norm);
        free(memory->passed);
        free(memory->rejected);
        free(memory->boxes);
    }
    free(detector->memory);
    free(detector->sources);
    for (int i = 0; i < STEPS; i++)
        free(detector->layouts[i].plan.nodes);
    detector->memory = NULL;
    detector->sources = NULL;
    memset(detector->layouts, 0, sizeof detector->layouts);
    detector->n_memory = detector->n_levels = detector->width = detector->height = 0;
}

void face_detector_destroy(FaceDetector *detector) {
    if (!detector)
        return;
    forget_picture(detector);
    cascade_free(detector->cascade);
    free(detector->faces);
    free(detector);
}

/* The sizes at which OpenCV looks: cascade window · step^k, within the limits and the picture. */
static void choose_levels(FaceDetector *detector, int width, int height,
                          const DetectorSettings *settings) {
    const Cascade *cascade = detector->cascade;
    int largest = settings->largest > 0 ? settings->largest : INT_MAX;
    for (double scale = 1; detector->n_levels < LEVELS_LIMIT; scale *= settings->scale_step) {
        Box window = {0, 0, (int)lrint(cascade->width * scale),
                      (int)lrint(cascade->height * scale)};
        if (window.width > width || window.height > height || window.width > largest ||
            window.height > largest)
            break;
        if (window.width < settings->smallest || window.height < settings->smallest)
            continue;
        Level *level = &detector->levels[detector->n_levels++];
        *level = (Level){.scale = (float)scale, .window = window};
        level->width = (int)lrintf((float)width / level->scale);
        level->height = (int)lrintf((float)height / level->scale);
        level->step = level->scale >= 2 ? 1 : 2;
    }
}

/* How many windows each level has. OpenCV shares the rows out to stripes of equal height, whose
 * number is fixed by the first level's width; rounding can leave the last row without a stripe. */
static void count_windows(FaceDetector *detector) {
    const Cascade *cascade = detector->cascade;
    int stripes = (detector->levels[0].width + 1 - cascade->width + 31) / 32;
    for (int i = 0; i < detector->n_levels; i++) {
        Level *level = &detector->levels[i];
        int across = level->width + 1 - cascade->width, down = level->height + 1 - cascade->height;
        if (across <= 0 || down <= 0 || stripes <= 0)
            continue;
        int stripe = (down / level->step + stripes - 1) / stripes;
        stripe = (stripe > 1 ? stripe : 1) * level->step;
        if ((long long)stripe * stripes < down)
            down = stripe * stripes;
        level->columns = (across + level->step - 1) / level->step;
        level->rows = (down + level->step - 1) / level->step;
    }
}

static WindowCorners upright_corners(const BandLayout *layout, int x, int y, int width,
                                     int height) {
    WindowCorners corners;
    const int columns[4] = {x, x + width, x, x + width}, rows[4] = {y, y, y + height, y + height};
    for (int i = 0; i < 4; i++)
        corners.at[i] = rows[i] * layout->stride + columns[i] % layout->step * layout->plane +
                        columns[i] / layout->step;
    return corners;
}

static WindowCorners tilted_corners(const BandLayout *layout, int x, int y, int width, int height) {
    WindowCorners corners;
    const int columns[4] = {x, x - height, x + width, x + width - height};
    const int rows[4] = {y, y + height, y + width, y + width + height};
    for (int i = 0; i < 4; i++)
        corners.at[i] = (layout->rows + rows[i]) * layout->stride +
                        columns[i] % layout->step * layout->plane + columns[i] / layout->step;
    return corners;
}

static int make_plan(const Cascade *cascade, BandLayout *layout, Error *error) {
    WindowPlan *plan = &layout->plan;
    plan->cascade = cascade;
    plan->inner = upright_corners(layout, 1, 1, cascade->width - 2, cascade->height - 2);
    plan->inner_area = (cascade->width - 2) * (cascade->height - 2);
    plan->nodes = calloc((size_t)cascade->n_nodes, sizeof *plan->nodes);
    if (!plan->nodes)
        return error_memory(error, "a cascade's plan",
                            (size_t)cascade->n_nodes * sizeof *plan->nodes);
    for (int i = 0; i < cascade->n_nodes; i++) {
        const CascadeNode *node = &cascade->nodes[i];
        const CascadeFeature *feature = &cascade->features[node->feature];
        WindowNode *out = &plan->nodes[i];
        out->threshold = node->threshold;
        out->ways[0] = (int16_t)node->below;
        out->ways[1] = (int16_t)node->above;
        out->n_rectangles = (int16_t)feature->n_rectangles;
        for (int k = 0; k < feature->n_rectangles; k++) {
            out->rectangles[k] = (feature->tilted ? tilted_corners : upright_corners)(
                layout, feature->rectangles[k].x, feature->rectangles[k].y,
                feature->rectangles[k].width, feature->rectangles[k].height);
            out->weights[k] = feature->rectangles[k].weight;
        }
    }
    return 0;
}

static int make_layouts(FaceDetector *detector, Error *error) {
    const Cascade *cascade = detector->cascade;
    for (int step = 1; step <= STEPS; step++) {
        BandLayout *layout = &detector->layouts[step - 1];
        int widest = 0;
        for (int i = 0; i < detector->n_levels; i++)
            if (detector->levels[i].step == step && detector->levels[i].width > widest)
                widest = detector->levels[i].width;
        if (!widest)
            continue;
        layout->step = step;
        layout->plane = (widest + 1) / step + WINDOW_PADDING;
        layout->stride =
            layout->plane * step | 16; /* no multiple of a cache's size: rows must not collide */
        layout->rows = BAND_ROWS * step + cascade->height + 1;
        if (make_plan(cascade, layout, error))
            return -1;
    }
    return 0;
}

/* Columns of the levels, in one piece of memory. */
static int make_columns(FaceDetector *detector, Error *error) {
    size_t total = 0;
    for (int i = 0; i < detector->n_levels; i++)
        total += (size_t)detector->levels[i].width;
    detector->sources = malloc((total + 1) * sizeof *detector->sources);
    if (!detector->sources)
        return error_memory(error, "a detector's levels", total * sizeof *detector->sources);
    LevelColumn *sources = detector->sources;
    for (int i = 0; i < detector->n_levels; i++) {
        detector->levels[i].sources = sources;
        sources += detector->levels[i].width;
        level_columns(&detector->levels[i], detector->width, detector->height);
    }
    return 0;
}

static int make_memory(FaceDetector *detector, int threads, Error *error) {
    size_t widest = (size_t)detector->width + WINDOW_PADDING, words = widest / 64 + 1,
           integrals = 0;
    size_t parts = detector->cascade->has_tilted ? 3 : 2;
    for (int i = 0; i < STEPS; i++) {
        size_t needed =
            (size_t)detector->layouts[i].stride * (size_t)detector->layouts[i].rows * parts;
        integrals = needed > integrals ? needed : integrals;
    }
    detector->memory = calloc((size_t)threads, sizeof *detector->memory);
    if (!detector->memory)
        return error_memory(error, "a detector's threads",
                            (size_t)threads * sizeof *detector->memory);
    detector->n_memory = threads;
    for (int i = 0; i < threads; i++) {
        BandMemory *memory = &detector->memory[i];
        bool complete = true;
        for (int k = 0; k < 2; k++) {
            complete &= (memory->shrunk[k] = malloc(widest * sizeof(uint16_t))) != NULL;
            complete &= (memory->pixels[k] = malloc(widest)) != NULL;
        }
        for (int k = 0; k < 3; k++)
            complete &= (memory->tilted[k] = malloc(widest * sizeof(uint32_t))) != NULL;
        complete &=
            (memory->integrals = calloc(integrals + WINDOW_PADDING, sizeof(uint32_t))) != NULL;
        complete &= (memory->norm = calloc(widest, sizeof(float))) != NULL;
        complete &= (memory->passed = malloc(words * sizeof(uint64_t))) != NULL;
        complete &= (memory->rejected = malloc(words * sizeof(uint64_t))) != NULL;
        if (!complete)
            return error_memory(error, "a detector's integral pictures",
                                integrals * sizeof(uint32_t));
    }
    return 0;
}

static int same_search(const DetectorSettings *a, const DetectorSettings *b) {
    return a->scale_step == b->scale_step && a->smallest == b->smallest && a->largest == b->largest;
}

/* Makes levels, layouts and memory ready for such a picture, unless the last one was alike. */
static int prepare(FaceDetector *detector, int width, int height, const DetectorSettings *settings,
                   Error *error) {
    int threads = settings->threads < 1               ? 1
                  : settings->threads > THREADS_LIMIT ? THREADS_LIMIT
                                                      : settings->threads;
    if (detector->width == width && detector->height == height &&
        same_search(&detector->settings, settings) && detector->n_memory >= threads)
        return 0;
    forget_picture(detector);
    detector->width = width;
    detector->height = height;
    detector->settings = *settings;
    choose_levels(detector, width, height, settings);
    count_windows(detector);
    if (make_columns(detector, error) || make_layouts(detector, error) ||
        make_memory(detector, threads, error)) {
        forget_picture(detector);
        return -1;
    }
    return 0;
}

/* The bands of all levels, largest copy first, shared out to the threads as they come free. */
static int scan_all(FaceDetector *detector, GreyView picture, int threads, Error *error) {
    int first_band[LEVELS_LIMIT + 1] = {0};
    for (int i = 0; i < detector->n_levels; i++)
        first_band[i + 1] =
            first_band[i] +
            (detector->levels[i].columns ? detector->levels[i].rows + BAND_ROWS - 1 : 0) /
                BAND_ROWS;
    int failed = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (threads > 1)
    for (int band = 0; band < first_band[detector->n_levels]; band++) {
        int i = 0;
        while (first_band[i + 1] <= band)
            i++;
        const Level *level = &detector->levels[i];
        Error own;
        if (level_scan(level, band - first_band[i], picture, &detector->layouts[level->step - 1],
                       detector->row_kernels, detector->window_kernels,
                       &detector->memory[omp_get_thread_num()], &own)) {
#pragma omp critical(affekt_face_detector_failure)
            {
                failed = 1;
                if (error)
                    *error = own;
            }
        }
    }
    return failed ? -1 : 0;
}

/* Brings the threads' boxes together in the first one's list. */
static int gather_boxes(FaceDetector *detector, Error *error) {
    BandMemory *all = &detector->memory[0];
    size_t total = 0;
    for (int i = 0; i < detector->n_memory; i++)
        total += detector->memory[i].n_boxes;
    if (total > all->boxes_capacity) {
        Box *boxes = realloc(all->boxes, total * sizeof *boxes);
        if (!boxes)
            return error_memory(error, "boxes", total * sizeof *boxes);
        all->boxes = boxes;
        all->boxes_capacity = total;
    }
    for (int i = 1; i < detector->n_memory; i++) {
        BandMemory *memory = &detector->memory[i];
        if (memory->n_boxes)
            memcpy(all->boxes + all->n_boxes, memory->boxes,
                   memory->n_boxes * sizeof *memory->boxes);
        all->n_boxes += memory->n_boxes;
    }
    return 0;
}

int face_detector_find(FaceDetector *detector, GreyView picture, const DetectorSettings *settings,
                       const FaceBox **faces, Error *error) {
    int width = picture.width, height = picture.height;
    if (width < 1 || height < 1 || width > SIDE_LIMIT || height > SIDE_LIMIT)
        return error_set(error, "a picture of %d×%d, expected 1×1 to %d×%d", width, height,
                         SIDE_LIMIT, SIDE_LIMIT);
    if (!(settings->scale_step >= 1.01))
        return error_set(error, "each size must be at least 1.01 times the last, not %g",
                         settings->scale_step);
    if (prepare(detector, width, height, settings, error))
        return -1;
    for (int i = 0; i < detector->n_memory; i++)
        detector->memory[i].n_boxes = 0;
    if (scan_all(detector, picture, settings->threads > 1 ? detector->n_memory : 1, error) ||
        gather_boxes(detector, error))
        return -1;
    FaceBox *found = NULL;
    int n = box_group(detector->memory[0].boxes, detector->memory[0].n_boxes, settings->neighbours,
                      GROUP_TOLERANCE, &found, error);
    if (n < 0)
        return -1;
    free(detector->faces);
    detector->faces = found;
    for (int i = 0; i < n; i++)
        found[i].box = box_clip(found[i].box, width, height);
    *faces = found;
    return n;
}
