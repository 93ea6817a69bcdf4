/* plot.h: building blocks of figures: colours, text, and output as PNG, SVG and PDF. */
#ifndef DATASETS_DRAW_PLOT_H
#define DATASETS_DRAW_PLOT_H

#include "nn/base/error.h"

#include <cairo.h>

typedef struct Colour {
    double red, green, blue;
} Colour;

/* Blue and vermilion are Okabe and Ito's ("Color universal design", 2008), distinguishable with any
 * colour vision. */
extern const Colour plot_white, plot_black, plot_grey, plot_blue, plot_vermilion;
void plot_colour(cairo_t *cairo, Colour colour);

typedef enum Align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } Align;

/* Writes text whose capitals are centred on the height y. */
void plot_text(cairo_t *cairo, double x, double y, double size, Align align, const char *text);
/* Writes text that reads upwards, centred on (x, y). */
void plot_text_upwards(cairo_t *cairo, double x, double y, double size, const char *text);

/* Draws a figure that fills a white page, in black sans-serif unless it sets something else. */
typedef void PlotDrawing(cairo_t *cairo, const void *context);

/* Writes the figure of width × height pixels to STEM.png, and with the same size in points to
 * STEM.svg and STEM.pdf, each atomically. */
int plot_write(const char *stem, int width, int height, PlotDrawing *draw, const void *context,
               Error *error) MUST_CHECK;

#endif
