#include "datasets/draw/plot.h"

#include "datasets/draw/drawing.h"
#include "nn/io/file.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>

const Colour plot_white = {1, 1, 1}, plot_black = {0.1, 0.1, 0.12}, plot_grey = {0.55, 0.55, 0.58},
             plot_blue = {0, 0.447, 0.698}, plot_vermilion = {0.835, 0.369, 0};

void plot_colour(cairo_t *cairo, Colour colour) {
    cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

void plot_text(cairo_t *cairo, double x, double y, double size, Align align, const char *text) {
    cairo_text_extents_t extents;
    cairo_set_font_size(cairo, size);
    cairo_text_extents(cairo, text, &extents);
    cairo_move_to(cairo, x - extents.x_advance * align / 2, y + 0.36 * size);
    cairo_show_text(cairo, text);
}

void plot_text_upwards(cairo_t *cairo, double x, double y, double size, const char *text) {
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_rotate(cairo, -M_PI / 2);
    plot_text(cairo, 0, 0, size, ALIGN_CENTRE, text);
    cairo_restore(cairo);
}

/* Draws on the surface, which stays the caller's. A text that is no UTF-8 spoils all that follows.
 */
static cairo_status_t draw_on(cairo_surface_t *surface, PlotDrawing *draw, const void *context) {
    cairo_t *cairo = cairo_create(surface);
    plot_colour(cairo, plot_white);
    cairo_paint(cairo);
    plot_colour(cairo, plot_black);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    draw(cairo, context);
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    return status;
}

static int refuse(const char *path, cairo_status_t status, Error *error) {
    return error_set(error, "cannot draw %s: %s", path, cairo_status_to_string(status));
}

static int write_png(const char *path, int width, int height, PlotDrawing *draw,
                     const void *context, Error *error) {
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_status_t drawn = draw_on(surface, draw, context);
    cairo_surface_flush(surface);
    int status = drawn == CAIRO_STATUS_SUCCESS ? drawing_write(surface, path, error)
                                               : refuse(path, drawn, error);
    cairo_surface_destroy(surface);
    return status;
}

static cairo_status_t write_bytes(void *stream, const unsigned char *bytes, unsigned size) {
    return fwrite(bytes, 1, size, stream) == size ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

typedef cairo_surface_t *StartPage(cairo_write_func_t write, void *stream, double width,
                                   double height);

static int write_page(const char *path, int width, int height, StartPage *start, PlotDrawing *draw,
                      const void *context, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    cairo_surface_t *surface = start(write_bytes, writer.stream, width, height);
    cairo_status_t drawn = draw_on(surface, draw, context);
    cairo_surface_finish(surface);
    cairo_status_t status = drawn == CAIRO_STATUS_SUCCESS ? cairo_surface_status(surface) : drawn;
    cairo_surface_destroy(surface);
    /* What the disk refused, file_commit can say better. */
    if (status != CAIRO_STATUS_SUCCESS && status != CAIRO_STATUS_WRITE_ERROR) {
        file_abandon(&writer);
        return refuse(path, status, error);
    }
    return file_commit(&writer, error);
}

int plot_write(const char *stem, int width, int height, PlotDrawing *draw, const void *context,
               Error *error) {
    char png[4096], svg[4096], pdf[4096];
    if (snprintf(png, sizeof png, "%s.png", stem) >= (int)sizeof png)
        return error_set(error, "the name %s is too long", stem);
    snprintf(svg, sizeof svg, "%s.svg", stem);
    snprintf(pdf, sizeof pdf, "%s.pdf", stem);
    if (write_png(png, width, height, draw, context, error) ||
        write_page(svg, width, height, cairo_svg_surface_create_for_stream, draw, context, error) ||
        write_page(pdf, width, height, cairo_pdf_surface_create_for_stream, draw, context, error))
        return -1;
    return 0;
}
