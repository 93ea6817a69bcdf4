/* png_file.h: PNG pictures, from bytes and into files, through libpng.
 *
 * Every kind of PNG is taken (1 to 16 bits, palette, transparency, interlaced) and becomes 8-bit
 * grey, RGB, or RGBA where the file has transparency; gamma chunks are not applied. Sides and
 * pixels are bounded as image.h says. */
#ifndef DATASETS_MEDIA_PNG_FILE_H
#define DATASETS_MEDIA_PNG_FILE_H

#include "datasets/media/image.h"

#include <stdbool.h>

/* Whether the bytes begin as a PNG file does. */
bool png_file_recognise(const unsigned char *bytes, size_t size);

/* Decodes a PNG in memory; `name` stands for it in messages. Caller frees with image_free. */
int png_file_decode(const char *name, const unsigned char *bytes, size_t size, Image *image,
                    Error *error) MUST_CHECK;

/* Writes a PNG file atomically. */
int png_file_write(const char *path, const Image *image, Error *error) MUST_CHECK;

#endif
