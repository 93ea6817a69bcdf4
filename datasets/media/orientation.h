/* orientation.h: which way up a picture is, from its file's metadata.
 *
 * Phones store the sensor's rows unrotated and record how the camera was held, as one of eight
 * values, numbered as in Exif's tag Orientation: 1 upright, 2 mirrored left to right, 3 upside
 * down, 4 mirrored top to bottom, 5 transposed, 6 to be rotated by 90° clockwise, 7 transposed
 * about the other diagonal, 8 to be rotated by 90° anticlockwise.
 *
 * Sources: CIPA DC-008 (Exif 2.32), 4.6.4; PNG, third edition, 11.3.2.5; WebP container
 * specification; TIFF 6.0; ISO/IEC 23008-12:2022, 6.5.10 and 6.5.12 (AVIF, HEIF). */
#ifndef DATASETS_MEDIA_ORIENTATION_H
#define DATASETS_MEDIA_ORIENTATION_H

#include "datasets/media/image.h"

/* The orientation stored in the bytes of a JPEG, PNG, WebP, TIFF, AVIF or HEIF file; 1 where it is
 * missing or invalid; 0 for a file of another kind. */
int orientation_of(const uint8_t *bytes, size_t size);

/* The orientation that shows the stored pixel (x, y) at (a x + c y, b x + d y), up to a shift;
 * angles are rounded to the nearest quarter turn. */
int orientation_from_matrix(double a, double b, double c, double d);

/* Makes a picture stored in that orientation upright. `to` is zeroed or holds an earlier picture,
 * whose memory is reused when the size is the same. */
int orientation_apply(int orientation, const Image *from, Image *to, Error *error) MUST_CHECK;

#endif
