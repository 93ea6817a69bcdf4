#include "infer/evaluate/evaluation_plot.h"

#include "datasets/draw/drawing.h"

#include <math.h>
#include <stdio.h>

typedef struct Colour {
    double red, green, blue;
} Colour;

static const Colour white = {1, 1, 1}, black = {0.1, 0.1, 0.12}, grey = {0.55, 0.55, 0.58};
/* Okabe and Ito's blue and vermilion ("Color universal design", 2008). */
static const Colour blue = {0, 0.447, 0.698}, vermilion = {0.835, 0.369, 0};
static const Colour dark_blue = {0.03, 0.14, 0.36};

typedef enum Align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } Align;

static void set_colour(cairo_t *cairo, Colour colour) {
    cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

/* Writes text whose capitals are centred on the height y. */
static void write_text(cairo_t *cairo, double x, double y, double size, Align align,
                       const char *text) {
    cairo_text_extents_t extents;
    cairo_set_font_size(cairo, size);
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - extents.x_advance * align / 2, y + 0.36 * size);
    cairo_show_text(cairo, text);
}

/* Writes text that reads upwards, centred on (x, y). */
static void write_upwards(cairo_t *cairo, double x, double y, double size, const char *text) {
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_rotate(cairo, -M_PI / 2);
    write_text(cairo, 0, 0, size, ALIGN_CENTRE, text);
    cairo_restore(cairo);
}

static cairo_t *start_drawing(int width, int height) {
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *cairo = cairo_create(surface);
    cairo_surface_destroy(surface); /* the context keeps it */
    set_colour(cairo, white);
    cairo_paint(cairo);
    set_colour(cairo, black);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    return cairo;
}

static int finish_drawing(cairo_t *cairo, const char *path, Error *error) {
    cairo_surface_t *surface = cairo_get_target(cairo);
    cairo_surface_flush(surface);
    int status = drawing_write(surface, path, error);
    cairo_destroy(cairo);
    return status;
}

/* ------------------------------------------------------------------ confusion */

enum { CELL = 84, LEFT = 170, TOP = 120, MARGIN = 30 };

static Colour shade(double share) {
    return (Colour){white.red + share * (dark_blue.red - white.red),
                    white.green + share * (dark_blue.green - white.green),
                    white.blue + share * (dark_blue.blue - white.blue)};
}

static void draw_cell(cairo_t *cairo, int row, int column, uint32_t count, uint32_t support) {
    double x = LEFT + column * CELL, y = TOP + row * CELL;
    double share = support ? (double)count / support : 0;
    char text[32];
    set_colour(cairo, shade(share));
    cairo_rectangle(cairo, x, y, CELL, CELL);
    cairo_fill(cairo);
    set_colour(cairo, share > 0.6 ? white : black); /* whichever stands out more */
    snprintf(text, sizeof text, "%u", count);
    write_text(cairo, x + CELL / 2.0, y + CELL * 0.42, 18, ALIGN_CENTRE, text);
    snprintf(text, sizeof text, "%.1f %%", 100 * share);
    write_text(cairo, x + CELL / 2.0, y + CELL * 0.68, 12, ALIGN_CENTRE, text);
}

static void draw_grid(cairo_t *cairo) {
    set_colour(cairo, grey);
    cairo_set_line_width(cairo, 1);
    for (int i = 0; i <= EMOTION_COUNT; i++) {
        double at = i * CELL, end = EMOTION_COUNT * CELL;
        cairo_move_to(cairo, LEFT, TOP + at + 0.5);
        cairo_line_to(cairo, LEFT + end, TOP + at + 0.5);
        cairo_move_to(cairo, LEFT + at + 0.5, TOP);
        cairo_line_to(cairo, LEFT + at + 0.5, TOP + end);
    }
    cairo_stroke(cairo);
}

static void label_classes(cairo_t *cairo, const Metrics *metrics) {
    char text[32];
    for (int i = 0; i < EMOTION_COUNT; i++) {
        double middle = (i + 0.5) * CELL;
        set_colour(cairo, black);
        write_text(cairo, LEFT + middle, TOP - 14, 15, ALIGN_CENTRE, emotions[i].name);
        write_text(cairo, LEFT - 12, TOP + middle - 8, 15, ALIGN_RIGHT, emotions[i].name);
        set_colour(cairo, grey);
        snprintf(text, sizeof text, "%u faces", metrics->classes[i].support);
        write_text(cairo, LEFT - 12, TOP + middle + 11, 12, ALIGN_RIGHT, text);
    }
}

int evaluation_plot_confusion(const Metrics *metrics, const char *title, const char *path,
                              Error *error) {
    enum { SIDE = EMOTION_COUNT * CELL };
    cairo_t *cairo = start_drawing(LEFT + SIDE + MARGIN, TOP + SIDE + MARGIN);
    char text[160];
    snprintf(text, sizeof text, "%s: %.1f %% of %u faces right (95 %% interval %.1f … %.1f %%)",
             title, 100 * metrics->accuracy.value, metrics->n, 100 * metrics->accuracy.low,
             100 * metrics->accuracy.high);
    write_text(cairo, LEFT + SIDE / 2.0, 32, 18, ALIGN_CENTRE, text);
    write_text(cairo, LEFT + SIDE / 2.0, 72, 15, ALIGN_CENTRE, "called");
    write_upwards(cairo, 32, TOP + SIDE / 2.0, 15, "truth");
    for (int row = 0; row < EMOTION_COUNT; row++)
        for (int column = 0; column < EMOTION_COUNT; column++)
            draw_cell(cairo, row, column, metrics->confusion[row][column],
                      metrics->classes[row].support);
    draw_grid(cairo);
    label_classes(cairo, metrics);
    return finish_drawing(cairo, path, error);
}

/* ------------------------------------------------------------------ reliability */

/* A square plot of 0 … 1 both ways, and under it a flat one for the shares of faces, which fills
 * its height with the largest. */
enum { PLOT = 420, PLOT_LEFT = 80, PLOT_TOP = 80, LEGEND = 60, SHARES = 90, GAP = 16, FOOT = 60 };

static double largest_share(const Metrics *metrics) {
    uint32_t most = 0;
    for (int b = 0; b < METRICS_BINS; b++)
        most = metrics->bins[b].count > most ? metrics->bins[b].count : most;
    return metrics->n ? (double)most / metrics->n : 0;
}

static void draw_axes(cairo_t *cairo, double largest) {
    set_colour(cairo, grey);
    cairo_set_line_width(cairo, 1);
    cairo_rectangle(cairo, PLOT_LEFT + 0.5, PLOT_TOP + 0.5, PLOT, PLOT);
    cairo_rectangle(cairo, PLOT_LEFT + 0.5, PLOT_TOP + PLOT + GAP + 0.5, PLOT, SHARES);
    cairo_stroke(cairo);
    set_colour(cairo, black);
    char text[16];
    for (int tick = 0; tick <= 5; tick++) {
        snprintf(text, sizeof text, "%.1f", tick / 5.0);
        write_text(cairo, PLOT_LEFT + tick * PLOT / 5.0, PLOT_TOP + PLOT + GAP + SHARES + 16, 13,
                   ALIGN_CENTRE, text);
        write_text(cairo, PLOT_LEFT - 8, PLOT_TOP + PLOT - tick * PLOT / 5.0, 13, ALIGN_RIGHT,
                   text);
    }
    snprintf(text, sizeof text, "%.0f %%", 100 * largest);
    write_text(cairo, PLOT_LEFT - 8, PLOT_TOP + PLOT + GAP + 6, 13, ALIGN_RIGHT, text);
    write_text(cairo, PLOT_LEFT + PLOT / 2.0, PLOT_TOP + PLOT + GAP + SHARES + 42, 15, ALIGN_CENTRE,
               "confidence");
    write_upwards(cairo, 26, PLOT_TOP + PLOT / 2.0, 15, "accuracy");
    write_upwards(cairo, 26, PLOT_TOP + PLOT + GAP + SHARES / 2.0, 15, "faces");
}

static void draw_diagonal(cairo_t *cairo) {
    set_colour(cairo, vermilion);
    cairo_set_line_width(cairo, 2);
    cairo_set_dash(cairo, (const double[]){7, 5}, 2, 0);
    cairo_move_to(cairo, PLOT_LEFT, PLOT_TOP + PLOT);
    cairo_line_to(cairo, PLOT_LEFT + PLOT, PLOT_TOP);
    cairo_stroke(cairo);
    cairo_move_to(cairo, PLOT_LEFT, LEGEND);
    cairo_line_to(cairo, PLOT_LEFT + 40, LEGEND);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
    set_colour(cairo, black);
    write_text(cairo, PLOT_LEFT + 48, LEGEND, 13, ALIGN_LEFT, "right as often as confident");
}

static void draw_bins(cairo_t *cairo, const Metrics *metrics, double largest) {
    const double width = (double)PLOT / METRICS_BINS;
    set_colour(cairo, blue);
    for (int b = 0; b < METRICS_BINS; b++) {
        const ReliabilityBin *bin = &metrics->bins[b];
        double share = metrics->n ? (double)bin->count / metrics->n : 0;
        double left = PLOT_LEFT + b * width + 1.5;
        cairo_rectangle(cairo, left, PLOT_TOP + PLOT, width - 2, -bin->accuracy * PLOT);
        cairo_rectangle(cairo, left, PLOT_TOP + PLOT + GAP + SHARES, width - 2,
                        largest > 0 ? -share / largest * SHARES : 0);
        cairo_fill(cairo);
    }
}

int evaluation_plot_reliability(const Metrics *metrics, const char *title, const char *path,
                                Error *error) {
    cairo_t *cairo =
        start_drawing(PLOT_LEFT + PLOT + MARGIN, PLOT_TOP + PLOT + GAP + SHARES + FOOT);
    char text[160];
    snprintf(text, sizeof text, "%s: expected calibration error %.3f", title, metrics->ece);
    write_text(cairo, PLOT_LEFT + PLOT / 2.0, 30, 17, ALIGN_CENTRE, text);
    const double largest = largest_share(metrics);
    draw_bins(cairo, metrics, largest);
    draw_diagonal(cairo);
    draw_axes(cairo, largest);
    return finish_drawing(cairo, path, error);
}
