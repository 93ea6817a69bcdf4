#include "datasets/draw/contact_sheet.h"

#include "datasets/augment/face_batch.h"
#include "datasets/draw/drawing.h"

#include <stdlib.h>

enum { ENLARGED = 2, GAP = 4, CAPTION_HEIGHT = 14, MOST_FACES = 10000, PREVIEW_COLUMNS = 10 };

static void paint_face(cairo_t *cairo, const uint8_t *face, int side, int left, int top) {
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, side, side);
    unsigned char *rows = cairo_image_surface_get_data(surface);
    if (rows) {
        int stride = cairo_image_surface_get_stride(surface);
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++)
                ((uint32_t *)(void *)(rows + y * stride))[x] = face[y * side + x] * 0x010101u;
        cairo_surface_mark_dirty(surface);
    }
    cairo_save(cairo);
    cairo_translate(cairo, left, top);
    cairo_scale(cairo, ENLARGED, ENLARGED);
    cairo_set_source_surface(cairo, surface, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);
    cairo_paint(cairo);
    cairo_restore(cairo);
    cairo_surface_destroy(surface);
}

static void write_caption(cairo_t *cairo, const char *caption, int centre, int baseline) {
    cairo_text_extents_t extents;
    cairo_text_extents(cairo, caption, &extents);
    cairo_move_to(cairo, centre - extents.width / 2 - extents.x_bearing, baseline);
    cairo_show_text(cairo, caption);
}

int contact_sheet_write(const char *path, const uint8_t *faces, int count, int side, int columns,
                        const char *const *captions, Error *error) {
    if (count < 1 || count > MOST_FACES || side < 1 || side > FACE_SIDE || columns < 1)
        return error_set(error,
                         "%s: a contact sheet of %d faces in rows of %d, expected 1 to %d faces",
                         path, count, columns, MOST_FACES);
    columns = columns < count ? columns : count;
    int rows = (count + columns - 1) / columns;
    int cell_width = side * ENLARGED + GAP,
        cell_height = cell_width + (captions ? CAPTION_HEIGHT : 0);
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, columns * cell_width + GAP, rows * cell_height + GAP);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, 11);
    for (int i = 0; i < count; i++) {
        int left = GAP + i % columns * cell_width, top = GAP + i / columns * cell_height;
        paint_face(cairo, faces + (size_t)i * (size_t)(side * side), side, left, top);
        cairo_set_source_rgb(cairo, 0, 0, 0);
        if (captions && captions[i])
            write_caption(cairo, captions[i], left + side * ENLARGED / 2,
                          top + side * ENLARGED + CAPTION_HEIGHT - 3);
    }
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    int status = drawing_write(surface, path, error);
    cairo_surface_destroy(surface);
    return status;
}

int contact_sheet_preview(const char *path, const FaceSet *set, const uint32_t *indices, int count,
                          const Augmentation *augmentation, Rng rng, const FaceInput *input,
                          Error *error) {
    if (count < 1 || count > MOST_FACES / PREVIEW_COLUMNS)
        return error_set(error, "%s: a preview of %d faces, expected 1 to %d", path, count,
                         MOST_FACES / PREVIEW_COLUMNS);
    int side = input->side, size = side * side;
    size_t total = (size_t)count * PREVIEW_COLUMNS;
    float *x = malloc((size_t)size * sizeof *x);
    uint8_t *faces = malloc(total * (size_t)size);
    const char **captions = calloc(total, sizeof *captions);
    int status = -1;
    if (!x || !faces || !captions) {
        error_memory(error, "a preview", total * (size_t)size);
    } else {
        for (size_t i = 0; i < total; i++) {
            uint32_t index = indices[i / PREVIEW_COLUMNS];
            size_t epoch = i % PREVIEW_COLUMNS;
            face_batch_fill(set, &index, 1, epoch ? augmentation : NULL, rng_split(rng, epoch),
                            input, x);
            face_input_restore(input, x, size, faces + i * (size_t)size);
            captions[i] = epoch ? NULL : emotions[set->labels[index]].name;
        }
        status =
            contact_sheet_write(path, faces, (int)total, side, PREVIEW_COLUMNS, captions, error);
    }
    free(x);
    free(faces);
    free(captions);
    return status;
}
