#include "train/loop/learning_curve.h"

#include "datasets/draw/plot.h"
#include "datasets/media/csv.h"
#include "nn/base/number.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH = 900, HEIGHT = 420, PANEL = 360, LEFT = 70, GAP = 90, TOP = 60, FLOOR = 350 };

typedef enum Column { EPOCH, LOSS, ACCURACY, HELD_LOSS, HELD_ACCURACY, SCORE, COLUMNS } Column;
static const char *const column_names[COLUMNS] = {
    "epoch", "loss", "accuracy", "validation_loss", "validation_accuracy", "score"};

typedef struct Curves {
    int n;
    int best;                     /* the row of the highest score */
    const double *value[COLUMNS]; /* (n) */
} Curves;

/* A panel's axes: x from the first epoch to the last, y over all values drawn in it. */
typedef struct Panel {
    double left, first, last, low, high;
} Panel;

static double across(const Panel *panel, double epoch) {
    double width = panel->last > panel->first ? panel->last - panel->first : 1;
    return panel->left + PANEL * (epoch - panel->first) / width;
}

static double up(const Panel *panel, double value) {
    return FLOOR - (FLOOR - TOP) * (value - panel->low) / (panel->high - panel->low);
}

static Panel lay_out(const Curves *curves, double left, Column one, Column other) {
    Panel panel = {left, curves->value[EPOCH][0], curves->value[EPOCH][curves->n - 1], INFINITY,
                   -INFINITY};
    for (int i = 0; i < curves->n; i++) {
        panel.low = fmin(panel.low, fmin(curves->value[one][i], curves->value[other][i]));
        panel.high = fmax(panel.high, fmax(curves->value[one][i], curves->value[other][i]));
    }
    double margin = fmax(0.05 * (panel.high - panel.low), 1e-6);
    panel.low -= margin;
    panel.high += margin;
    return panel;
}

static void draw_line(cairo_t *cairo, const Panel *panel, const Curves *curves, Column column,
                      Colour colour) {
    plot_colour(cairo, colour);
    cairo_set_line_width(cairo, 2);
    cairo_new_path(cairo); /* text leaves a point */
    for (int i = 0; i < curves->n; i++)
        cairo_line_to(cairo, across(panel, curves->value[EPOCH][i]),
                      up(panel, curves->value[column][i]));
    cairo_stroke(cairo);
    if (curves->n == 1) { /* no line yet */
        cairo_arc(cairo, across(panel, curves->value[EPOCH][0]),
                  up(panel, curves->value[column][0]), 3, 0, 2 * M_PI);
        cairo_fill(cairo);
    }
}

static void draw_axes(cairo_t *cairo, const Panel *panel, const char *title) {
    enum { TICKS = 4 };
    char text[32];
    plot_colour(cairo, plot_grey);
    cairo_set_line_width(cairo, 1);
    cairo_rectangle(cairo, panel->left, TOP, PANEL, FLOOR - TOP);
    cairo_stroke(cairo);
    plot_colour(cairo, plot_black);
    for (int tick = 0; tick <= TICKS; tick++) {
        double value = panel->low + (panel->high - panel->low) * tick / TICKS;
        snprintf(text, sizeof text, "%.3g", value);
        plot_text(cairo, panel->left - 8, up(panel, value), 12, ALIGN_RIGHT, text);
    }
    snprintf(text, sizeof text, "%.0f", panel->first);
    plot_text(cairo, panel->left, FLOOR + 16, 12, ALIGN_CENTRE, text);
    snprintf(text, sizeof text, "%.0f", panel->last);
    if (panel->last > panel->first)
        plot_text(cairo, panel->left + PANEL, FLOOR + 16, 12, ALIGN_CENTRE, text);
    plot_text(cairo, panel->left + PANEL / 2.0, FLOOR + 34, 14, ALIGN_CENTRE, "epoch");
    plot_text(cairo, panel->left + PANEL / 2.0, TOP - 16, 15, ALIGN_CENTRE, title);
}

static void draw_panel(cairo_t *cairo, const Curves *curves, double left, const char *title,
                       Column training, Column held_out) {
    Panel panel = lay_out(curves, left, training, held_out);
    draw_axes(cairo, &panel, title);
    draw_line(cairo, &panel, curves, training, plot_vermilion);
    draw_line(cairo, &panel, curves, held_out, plot_blue);
    cairo_new_path(cairo);
    cairo_arc(cairo, across(&panel, curves->value[EPOCH][curves->best]),
              up(&panel, curves->value[held_out][curves->best]), 4, 0, 2 * M_PI);
    cairo_fill(cairo);
}

static void draw(cairo_t *cairo, const void *context) {
    const Curves *curves = context;
    char text[64];
    draw_panel(cairo, curves, LEFT, "loss", LOSS, HELD_LOSS);
    draw_panel(cairo, curves, LEFT + PANEL + GAP, "accuracy", ACCURACY, HELD_ACCURACY);
    plot_colour(cairo, plot_vermilion);
    plot_text(cairo, LEFT, 20, 14, ALIGN_LEFT, "training batches");
    plot_colour(cairo, plot_blue);
    snprintf(text, sizeof text, "validation; the dot is the best epoch, %.0f",
             curves->value[EPOCH][curves->best]);
    plot_text(cairo, LEFT + 150, 20, 14, ALIGN_LEFT, text);
}

static int read_curves(const CsvTable *table, Arena *arena, Curves *curves, Error *error) {
    curves->n = table->n_rows;
    for (int c = 0; c < COLUMNS; c++) {
        int column = csv_column(table, column_names[c]);
        double *values = arena_alloc(arena, (size_t)table->n_rows * sizeof *values);
        if (column < 0 || !values)
            return error_set(error, "%s: cannot read the column '%s'", table->path,
                             column_names[c]);
        for (int row = 0; row < table->n_rows; row++) {
            char *end;
            values[row] = number_read(csv_cell(table, row, column), &end);
            if (*end || !isfinite(values[row]))
                return error_set(error, "%s:%d: '%s' is not a number", table->path,
                                 table->lines[row], csv_cell(table, row, column));
        }
        curves->value[c] = values;
    }
    for (int row = 1; row < curves->n; row++)
        if (curves->value[SCORE][row] > curves->value[SCORE][curves->best])
            curves->best = row;
    return 0;
}

int learning_curve_draw(const char *log, const char *stem, Error *error) {
    Arena *arena = arena_create();
    CsvTable table;
    Curves curves = {0};
    int status = arena ? csv_read(log, arena, &table, error) : error_memory(error, "the curve", 0);
    if (!status && table.n_rows > 0 && !(status = read_curves(&table, arena, &curves, error)))
        status = plot_write(stem, WIDTH, HEIGHT, draw, &curves, error);
    arena_destroy(arena);
    return status;
}
