/* tiff_directory.h: the directory of a TIFF, whose entries say what its picture is like.
 *
 * FFmpeg's decoder, unless it is strict, fills in what is damaged. When it is, it refuses whole
 * files for an entry that it does not know, of which nearly every file has one.
 *
 * Source: TIFF 6.0, sections 2 and 8. */
#ifndef DATASETS_MEDIA_TIFF_DIRECTORY_H
#define DATASETS_MEDIA_TIFF_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the bytes begin as a TIFF does. */
bool tiff_recognise(const uint8_t *bytes, size_t size);

/* Whether it is a picture compressed as JPEG is. A camera's raw picture (DNG) is none. */
bool tiff_is_jpeg(const uint8_t *bytes, size_t size);

/* Leaves in the first directory only the entries that say where and how its pixels are stored.
 * False, with nothing changed, where the picture may be in another directory, as a camera's raw one
 * is, and for what is no TIFF. */
bool tiff_reduce(uint8_t *bytes, size_t size);

#endif
