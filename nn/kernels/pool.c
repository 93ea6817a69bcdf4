#include "nn/kernels/pool.h"

#include "nn/kernels/panels.h"

/* The part of a window that lies on the image: rows top … bottom-1, columns left … right-1, and the
 * window's own corner, which may lie on the padding. */
typedef struct Window {
    int top, bottom, left, right, corner_y, corner_x;
} Window;

static Window window_at(const PoolShape *s, int oy, int ox) {
    Window w = {.corner_y = oy * s->stride - s->padding, .corner_x = ox * s->stride - s->padding};
    w.top = w.corner_y < 0 ? 0 : w.corner_y;
    w.left = w.corner_x < 0 ? 0 : w.corner_x;
    w.bottom = w.corner_y + s->size > s->h ? s->h : w.corner_y + s->size;
    w.right = w.corner_x + s->size > s->w ? s->w : w.corner_x + s->size;
    return w;
}

/* Index of the window's place (y, x) in reading order. */
static int place(const PoolShape *s, const Window *w, int y, int x) {
    return (y - w->corner_y) * s->size + x - w->corner_x;
}

static size_t at(const PoolShape *s, int y, int x) {
    return ((size_t)y * s->w + x) * s->c;
}

/* Takes over x where it is larger than y; a NaN is taken over too, so that it is not lost. */
static inline void take_larger(int c, const float *restrict x, float *restrict y,
                               uint8_t *restrict winner, uint8_t index) {
    for (int i = 0; i < c; i++) {
        int larger = x[i] > y[i] || x[i] != x[i];
        y[i] = larger ? x[i] : y[i];
        if (winner)
            winner[i] = larger ? index : winner[i];
    }
}

static void maximum(const PoolShape *s, const float *x, float *y, uint8_t *winner) {
    for (int oy = 0; oy < s->out_h; oy++)
        for (int ox = 0; ox < s->out_w; ox++, y += s->c) {
            Window w = window_at(s, oy, ox);
            memcpy(y, x + at(s, w.top, w.left), s->c * sizeof *y);
            if (winner)
                memset(winner, place(s, &w, w.top, w.left), s->c);
            for (int iy = w.top; iy < w.bottom; iy++)
                for (int ix = w.left; ix < w.right; ix++)
                    take_larger(s->c, x + at(s, iy, ix), y, winner, (uint8_t)place(s, &w, iy, ix));
            if (winner)
                winner += s->c;
        }
}

static void maximum_backward(const PoolShape *s, const float *dy, const uint8_t *winner,
                             float *dx) {
    for (int oy = 0; oy < s->out_h; oy++)
        for (int ox = 0; ox < s->out_w; ox++, dy += s->c, winner += s->c) {
            Window w = window_at(s, oy, ox);
            for (int iy = w.top; iy < w.bottom; iy++)
                for (int ix = w.left; ix < w.right; ix++) {
                    float *restrict to = dx + at(s, iy, ix);
                    uint8_t index = (uint8_t)place(s, &w, iy, ix);
                    for (int i = 0; i < s->c; i++)
                        to[i] += winner[i] == index ? dy[i] : 0;
                }
        }
}

/* One over the places that are not padding. */
static float share(const Window *w) {
    return 1.0f / (float)((w->bottom - w->top) * (w->right - w->left));
}

/* y (C) += factor x (C). */
INLINE void add_scaled(int c, float factor, const float *x, float *y) {
    for (int i = 0; i < c; i += LANES) {
        int lanes = lanes_from(i, c);
        store_lanes(y + i, load_lanes(y + i, lanes) + factor * load_lanes(x + i, lanes), lanes);
    }
}

static void average(const PoolShape *s, const float *x, float *y) {
    for (int oy = 0; oy < s->out_h; oy++)
        for (int ox = 0; ox < s->out_w; ox++, y += s->c) {
            Window w = window_at(s, oy, ox);
            memset(y, 0, s->c * sizeof *y);
            for (int iy = w.top; iy < w.bottom; iy++)
                for (int ix = w.left; ix < w.right; ix++)
                    add_scaled(s->c, 1, x + at(s, iy, ix), y);
            for (int i = 0; i < s->c; i++)
                y[i] *= share(&w);
        }
}

static void average_backward(const PoolShape *s, const float *dy, float *dx) {
    for (int oy = 0; oy < s->out_h; oy++)
        for (int ox = 0; ox < s->out_w; ox++, dy += s->c) {
            Window w = window_at(s, oy, ox);
            float factor = share(&w);
            for (int iy = w.top; iy < w.bottom; iy++)
                for (int ix = w.left; ix < w.right; ix++)
                    add_scaled(s->c, factor, dy, dx + at(s, iy, ix));
        }
}

const PoolKernels KERNEL_TABLE(pool) = {
    .maximum = maximum,
    .maximum_backward = maximum_backward,
    .average = average,
    .average_backward = average_backward,
};
