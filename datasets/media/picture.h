/* picture.h: a picture of any kind as an Image.
 *
 * PNG is read through libpng; JPEG, WebP, AVIF, BMP, GIF (its first picture), TIFF, TGA, icons,
 * PSD, PNM and some more through FFmpeg where it is built in, and otherwise a message names the
 * packages. Sides and pixels are bounded as image.h says. A picture is made upright where its file
 * notes how the camera was held (orientation.h). One that is cut off or damaged is refused, not
 * filled up. */
#ifndef DATASETS_MEDIA_PICTURE_H
#define DATASETS_MEDIA_PICTURE_H

#include "datasets/media/image.h"

#include <stdbool.h>

/* Files above this many bytes are refused. */
enum { PICTURE_MOST_BYTES = 1 << 28 };

/* Decodes bytes in memory; `name` stands for them in messages. Gives IMAGE_GREY or IMAGE_RGB as
 * asked; the grey of a JPEG is the luma it stores. Caller frees with image_free. */
int picture_decode(const char *name, const unsigned char *bytes, size_t size,
                   ImageChannels channels, Image *image, Error *error) MUST_CHECK;

/* Reads a file. */
int picture_read(const char *path, ImageChannels channels, Image *image, Error *error) MUST_CHECK;

/* Whether the bytes begin as a picture does (not as a video), as far as this build can tell. */
bool picture_recognise(const unsigned char *bytes, size_t size);

#endif
