/* drawing.h: cairo drawings to PNG files. */
#ifndef DATASETS_DRAW_DRAWING_H
#define DATASETS_DRAW_DRAWING_H

#include "nn/base/error.h"

#include <cairo.h>

/* Writes an image surface as a PNG file, atomically. Also fails if the surface is in error. */
int drawing_write(cairo_surface_t *surface, const char *path, Error *error) MUST_CHECK;

#endif
