/* picture.h: a picture of any kind as an Image.
 *
 * PNG is read through libpng; JPEG, WebP, AVIF, BMP, GIF (its first picture), TIFF, TGA, icons,
 * PSD, PNM and some others through FFmpeg where it is built in; otherwise the message names the
 * packages. Sides and pixels are limited as in image.h. A picture is made upright where its file
 * records how the camera was held (orientation.h). A truncated or damaged one is rejected, not
 * filled in. */
#ifndef DATASETS_MEDIA_PICTURE_H
#define DATASETS_MEDIA_PICTURE_H

#include "datasets/media/image.h"

#include <stdbool.h>

/* Larger files, in bytes, are rejected. */
enum { PICTURE_MOST_BYTES = 1 << 28 };

/* Decodes bytes in memory; `name` is for messages. Gives IMAGE_GREY or IMAGE_RGB as requested; the
 * grey of a JPEG is its stored luma. Caller frees with image_free. */
int picture_decode(const char *name, const unsigned char *bytes, size_t size,
                   ImageChannels channels, Image *image, Error *error) MUST_CHECK;

/* Reads a file. */
int picture_read(const char *path, ImageChannels channels, Image *image, Error *error) MUST_CHECK;

/* Whether the bytes begin like a picture (not a video), as far as this build can tell. */
bool picture_recognise(const unsigned char *bytes, size_t size);

#endif
