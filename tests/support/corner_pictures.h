/* corner_pictures.h: a picture whose corners all differ (red, green; blue, white), in files with an
 * orientation tag. */
#ifndef TESTS_SUPPORT_CORNER_PICTURES_H
#define TESTS_SUPPORT_CORNER_PICTURES_H

#include "datasets/media/image.h"

typedef enum CornerFormat {
    CORNER_JPEG,
    CORNER_PNG,
    CORNER_WEBP,
    CORNER_TIFF,
    CORNER_AVIF,
    CORNER_FORMATS
} CornerFormat;

/* The file's bytes (caller frees), stored 32 × 24 with red at the top left, tagged with that
 * orientation, 1 … 8. */
unsigned char *corner_picture(CornerFormat format, int orientation, size_t *size);

/* Asserts that the corners of an RGB picture are where that orientation puts them. */
void assert_corners(const Image *picture, int orientation);

#endif
