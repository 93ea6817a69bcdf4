#include "infer/evaluate/evaluation_plot.h"

#include "datasets/draw/plot.h"

#include <stdio.h>

static const Colour dark_blue = {0.03, 0.14, 0.36};

/* What a figure shows. */
typedef struct Figure {
    const Metrics *metrics;
    const char *title;
    bool shares_only;
} Figure;

/* ------------------------------------------------------------------ confusion */

enum { CELL = 84, LEFT = 170, TOP = 120, MARGIN = 30 };

static Colour shade(double share) {
    return (Colour){plot_white.red + share * (dark_blue.red - plot_white.red),
                    plot_white.green + share * (dark_blue.green - plot_white.green),
                    plot_white.blue + share * (dark_blue.blue - plot_white.blue)};
}

static void draw_cell(cairo_t *cairo, int row, int column, uint32_t count, uint32_t support,
                      bool share_only) {
    double x = LEFT + column * CELL, y = TOP + row * CELL;
    double share = support ? (double)count / support : 0;
    char text[32];
    plot_colour(cairo, shade(share));
    cairo_rectangle(cairo, x, y, CELL, CELL);
    cairo_fill(cairo);
    plot_colour(cairo, share > 0.6 ? plot_white : plot_black); /* whichever stands out more */
    if (share_only) {
        snprintf(text, sizeof text, "%.2f", share);
        plot_text(cairo, x + CELL / 2.0, y + CELL / 2.0, 18, ALIGN_CENTRE, text);
        return;
    }
    snprintf(text, sizeof text, "%u", count);
    plot_text(cairo, x + CELL / 2.0, y + CELL * 0.42, 18, ALIGN_CENTRE, text);
    snprintf(text, sizeof text, "%.1f %%", 100 * share);
    plot_text(cairo, x + CELL / 2.0, y + CELL * 0.68, 12, ALIGN_CENTRE, text);
}

static void draw_grid(cairo_t *cairo) {
    plot_colour(cairo, plot_grey);
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
        plot_colour(cairo, plot_black);
        plot_text(cairo, LEFT + middle, TOP - 14, 15, ALIGN_CENTRE, emotions[i].name);
        plot_text(cairo, LEFT - 12, TOP + middle - 8, 15, ALIGN_RIGHT, emotions[i].name);
        plot_colour(cairo, plot_grey);
        snprintf(text, sizeof text, "%u faces", metrics->classes[i].support);
        plot_text(cairo, LEFT - 12, TOP + middle + 11, 12, ALIGN_RIGHT, text);
    }
}

enum { SIDE = EMOTION_COUNT * CELL };

static void draw_confusion(cairo_t *cairo, const void *context) {
    const Figure *figure = context;
    const Metrics *metrics = figure->metrics;
    char text[160];
    plot_text(cairo, LEFT + SIDE / 2.0, 24, 18, ALIGN_CENTRE, figure->title);
    snprintf(text, sizeof text, "%.1f %% of %u faces right (95 %% interval %.1f … %.1f %%)",
             100 * metrics->accuracy.value, metrics->n, 100 * metrics->accuracy.low,
             100 * metrics->accuracy.high);
    plot_text(cairo, LEFT + SIDE / 2.0, 50, 15, ALIGN_CENTRE, text);
    plot_text(cairo, LEFT + SIDE / 2.0, 82, 15, ALIGN_CENTRE, "called");
    plot_text_upwards(cairo, 32, TOP + SIDE / 2.0, 15, "truth");
    for (int row = 0; row < EMOTION_COUNT; row++)
        for (int column = 0; column < EMOTION_COUNT; column++)
            draw_cell(cairo, row, column, metrics->confusion[row][column],
                      metrics->classes[row].support, figure->shares_only);
    draw_grid(cairo);
    label_classes(cairo, metrics);
}

int evaluation_plot_confusion(const Metrics *metrics, const char *title, bool shares_only,
                              const char *stem, Error *error) {
    const Figure figure = {metrics, title, shares_only};
    return plot_write(stem, LEFT + SIDE + MARGIN, TOP + SIDE + MARGIN, draw_confusion, &figure,
                      error);
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
    plot_colour(cairo, plot_grey);
    cairo_set_line_width(cairo, 1);
    cairo_rectangle(cairo, PLOT_LEFT + 0.5, PLOT_TOP + 0.5, PLOT, PLOT);
    cairo_rectangle(cairo, PLOT_LEFT + 0.5, PLOT_TOP + PLOT + GAP + 0.5, PLOT, SHARES);
    cairo_stroke(cairo);
    plot_colour(cairo, plot_black);
    char text[16];
    for (int tick = 0; tick <= 5; tick++) {
        snprintf(text, sizeof text, "%.1f", tick / 5.0);
        plot_text(cairo, PLOT_LEFT + tick * PLOT / 5.0, PLOT_TOP + PLOT + GAP + SHARES + 16, 13,
                  ALIGN_CENTRE, text);
        plot_text(cairo, PLOT_LEFT - 8, PLOT_TOP + PLOT - tick * PLOT / 5.0, 13, ALIGN_RIGHT, text);
    }
    snprintf(text, sizeof text, "%.0f %%", 100 * largest);
    plot_text(cairo, PLOT_LEFT - 8, PLOT_TOP + PLOT + GAP + 6, 13, ALIGN_RIGHT, text);
    plot_text(cairo, PLOT_LEFT + PLOT / 2.0, PLOT_TOP + PLOT + GAP + SHARES + 42, 15, ALIGN_CENTRE,
              "confidence");
    plot_text_upwards(cairo, 26, PLOT_TOP + PLOT / 2.0, 15, "accuracy");
    plot_text_upwards(cairo, 26, PLOT_TOP + PLOT + GAP + SHARES / 2.0, 15, "faces");
}

static void draw_diagonal(cairo_t *cairo) {
    plot_colour(cairo, plot_vermilion);
    cairo_set_line_width(cairo, 2);
    cairo_set_dash(cairo, (const double[]){7, 5}, 2, 0);
    cairo_move_to(cairo, PLOT_LEFT, PLOT_TOP + PLOT);
    cairo_line_to(cairo, PLOT_LEFT + PLOT, PLOT_TOP);
    cairo_stroke(cairo);
    cairo_move_to(cairo, PLOT_LEFT, LEGEND);
    cairo_line_to(cairo, PLOT_LEFT + 40, LEGEND);
    cairo_stroke(cairo);
    cairo_set_dash(cairo, NULL, 0, 0);
    plot_colour(cairo, plot_black);
    plot_text(cairo, PLOT_LEFT + 48, LEGEND, 13, ALIGN_LEFT, "right as often as confident");
}

static void draw_bins(cairo_t *cairo, const Metrics *metrics, double largest) {
    const double width = (double)PLOT / METRICS_BINS;
    plot_colour(cairo, plot_blue);
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

static void draw_reliability(cairo_t *cairo, const void *context) {
    const Figure *figure = context;
    char text[160];
    plot_text(cairo, PLOT_LEFT + PLOT / 2.0, 18, 17, ALIGN_CENTRE, figure->title);
    snprintf(text, sizeof text, "expected calibration error %.3f", figure->metrics->ece);
    plot_text(cairo, PLOT_LEFT + PLOT / 2.0, 38, 14, ALIGN_CENTRE, text);
    const double largest = largest_share(figure->metrics);
    draw_bins(cairo, figure->metrics, largest);
    draw_diagonal(cairo);
    draw_axes(cairo, largest);
}

int evaluation_plot_reliability(const Metrics *metrics, const char *title, const char *stem,
                                Error *error) {
    const Figure figure = {metrics, title, false};
    return plot_write(stem, PLOT_LEFT + PLOT + MARGIN, PLOT_TOP + PLOT + GAP + SHARES + FOOT,
                      draw_reliability, &figure, error);
}
