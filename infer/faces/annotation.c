#include "infer/faces/annotation.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>

/* Pleasant emotions are warm green and yellow, unpleasant ones red to violet. */
static const double colours[EMOTION_COUNT][3] = {
    [EMOTION_ANGRY] = {0.90, 0.20, 0.17},   [EMOTION_DISGUST] = {0.55, 0.62, 0.20},
    [EMOTION_FEAR] = {0.62, 0.35, 0.80},    [EMOTION_HAPPY] = {0.98, 0.80, 0.20},
    [EMOTION_SAD] = {0.30, 0.50, 0.95},     [EMOTION_SURPRISE] = {0.98, 0.55, 0.15},
    [EMOTION_NEUTRAL] = {0.80, 0.80, 0.80},
};

static void draw_face(cairo_t *cairo, const WatchedFace *face, bool ids) {
    const double *colour = colours[face->state.emotion];
    double line = fmax(1.5, face->box.width / 80.0), letters = fmax(10, face->box.width / 9.0);
    char label[64], number[16] = "";
    if (ids)
        snprintf(number, sizeof number, "%d: ", face->id);
    snprintf(label, sizeof label, "%s%s %.0f %%", number, emotions[face->state.emotion].name,
             100 * face->state.confidence);
    cairo_set_source_rgb(cairo, colour[0], colour[1], colour[2]);
    cairo_set_line_width(cairo, line);
    cairo_rectangle(cairo, face->box.x, face->box.y, face->box.width, face->box.height);
    cairo_stroke(cairo);

    for (int i = 0; face->has_points && i < LANDMARKS; i++) {
        cairo_arc(cairo, (double)face->points[i].x, (double)face->points[i].y, line, 0, 2 * M_PI);
        cairo_fill(cairo);
    }

    /* The label stands on the box, or in it where the picture ends above. */
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(cairo, letters);
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, label, &extents);
    double height = 1.4 * letters, left = face->box.x - 0.5 * line;
    double top = face->box.y - 0.5 * line - height;
    if (top < 0)
        top = face->box.y + 0.5 * line;
    cairo_rectangle(cairo, left, top, extents.x_advance + letters, height);
    cairo_fill(cairo);
    cairo_set_source_rgb(cairo, 0, 0, 0);
    cairo_move_to(cairo, left + 0.5 * letters, top + 1.03 * letters);
    cairo_show_text(cairo, label);
}

/* Between our pixels (red, green, blue) and cairo's (32 bits each). */
static void to_surface(const Image *picture, cairo_surface_t *surface) {
    unsigned char *rows = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    const uint8_t *from = picture->pixels;
    for (int y = 0; y < picture->height; y++) {
        uint32_t *row = (uint32_t *)(void *)(rows + (ptrdiff_t)y * stride);
        for (int x = 0; x < picture->width; x++, from += 3)
            row[x] = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
    }
    cairo_surface_mark_dirty(surface);
}

static void from_surface(cairo_surface_t *surface, Image *picture) {
    cairo_surface_flush(surface);
    const unsigned char *rows = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    uint8_t *to = picture->pixels;
    for (int y = 0; y < picture->height; y++) {
        const uint32_t *row = (const uint32_t *)(const void *)(rows + (ptrdiff_t)y * stride);
        for (int x = 0; x < picture->width; x++, to += 3) {
            to[0] = (uint8_t)(row[x] >> 16);
            to[1] = (uint8_t)(row[x] >> 8);
            to[2] = (uint8_t)row[x];
        }
    }
}

int annotation_draw(Image *picture, const WatchedFace *faces, int n, bool ids, Error *error) {
    if (!n)
        return 0;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture->width, picture->height);
    cairo_t *cairo = cairo_create(surface);
    cairo_status_t status = cairo_status(cairo);
    if (status == CAIRO_STATUS_SUCCESS) {
        to_surface(picture, surface);
        for (int i = 0; i < n; i++)
            draw_face(cairo, &faces[i], ids);
        status = cairo_status(cairo);
        from_surface(surface, picture);
    }
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS
               ? 0
               : error_set(error, "cannot draw: %s", cairo_status_to_string(status));
}
