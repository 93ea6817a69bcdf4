/* png_file.h: reads and writes PNG pictures through libpng.
 *
 * Every kind of PNG is accepted (1 to 16 bits, palette, transparency, interlaced) and converted to
 * 8-bit grey, RGB, or RGBA where the file has transparency; gamma chunks are not applied. Sides and
 * pixels are limited as in image.h. */
#ifndef DATASETS_MEDIA_PNG_FILE_H
#define DATASETS_MEDIA_PNG_FILE_H

#include "datasets/media/image.h"

#include <stdbool.h>

/* Whether the bytes begin with the PNG signature. */
bool png_file_recognise(const unsigned char *bytes, size_t size);

/* Decodes a PNG in memory; `name` is for messages. Caller frees with image_free. */
int png_file_decode(const char *name, const unsigned char *bytes, size_t size, Image *image,
                    Error *error) MUST_CHECK;

/* Writes a PNG file atomically. */
int png_file_write(const char *path, const Image *image, Error *error) MUST_CHECK;

#endif
