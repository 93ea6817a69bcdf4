/* detector_level.h: one scale of the detector's image pyramid, and a band of its rows of windows.
 *
 * A level is a smaller copy of the picture, scanned by windows of the cascade's size. It is
 * computed and scanned in bands of rows, so that the data stays in the processor's cache, and bands
 * can be processed by different threads. */
#ifndef INFER_FACES_DETECT_DETECTOR_LEVEL_H
#define INFER_FACES_DETECT_DETECTOR_LEVEL_H

#include "datasets/media/image.h"
#include "infer/faces/detect/box.h"
#include "infer/faces/detect/kernels/level_rows.h"
#include "infer/faces/detect/kernels/windows.h"

#include <stddef.h>
#include <stdint.h>

enum {
    BAND_ROWS = 64
}; /* rows of windows in a band; see experiments/live for the cost of others */

typedef struct Level {
    float scale;          /* of the picture divided by the copy */
    int width, height;    /* of the copy */
    int step;             /* between windows: 2 below scale 2, else 1 */
    int columns, rows;    /* of windows */
    Box window;           /* its size in the picture, at 0, 0 */
    double row_scale;     /* picture rows per row of the copy */
    LevelColumn *sources; /* (width) */
} Level;

/* The layout of integral rows that all levels of one step share, and the cascade's corners in it.
 */
typedef struct BandLayout {
    int step, plane, stride; /* values of a plane, and of a row */
    int rows;                /* integral rows of a band */
    WindowPlan plan;
} BandLayout;

/* Working memory of one thread. */
typedef struct BandMemory {
    uint16_t *shrunk[2]; /* picture rows scaled to the level's width … */
    int shrunk_row[2];   /* … and which rows these are, -1 = none */
    uint8_t *pixels[2];  /* this row of the copy and the one before */
    uint32_t *tilted[3]; /* this row of the tilted integral and the two before, columns in order */
    uint32_t
        *integrals; /* sums, then tilted sums where the cascade has tilted features, then squares */
    float *norm;
    uint64_t *passed, *rejected;
    Box *boxes; /* windows that passed every stage, in picture coordinates */
    size_t n_boxes, boxes_capacity;
} BandMemory;

/* Initialises the level for a picture of that size; `sources` must have room for its width. */
void level_columns(Level *level, int picture_width, int picture_height);

/* Scans the rows of windows band · BAND_ROWS … of the level, adding boxes to the memory. -1 when
 * out of memory or when implausibly many windows pass. */
int level_scan(const Level *level, int band, GreyView picture, const BandLayout *layout,
               const LevelRowKernels *row_kernels, const WindowKernels *window_kernels,
               BandMemory *memory, Error *error) MUST_CHECK;

#endif
