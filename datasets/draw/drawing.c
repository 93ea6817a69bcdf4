#include "datasets/draw/drawing.h"

#include "nn/io/file.h"

static cairo_status_t write_bytes(void *stream, const unsigned char *bytes, unsigned size) {
    return fwrite(bytes, 1, size, stream) == size ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

int drawing_write(cairo_surface_t *surface, const char *path, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, write_bytes, writer.stream);
    /* What the disk refused, file_commit can say better. */
    if (status != CAIRO_STATUS_SUCCESS && status != CAIRO_STATUS_WRITE_ERROR) {
        file_abandon(&writer);
        return error_set(error, "cannot draw %s: %s", path, cairo_status_to_string(status));
    }
    return file_commit(&writer, error);
}
