/* orientation.h: which way up a picture is, as its file notes it.
 *
 * Telephones write the sensor's rows as they come and note how the camera was held. The note is one
 * of eight values, 1 to 8, as Exif's tag Orientation numbers them: 1 upright, 2 mirrored left to
 * right, 3 upside down, 4 mirrored top to bottom, 5 transposed, 6 to be turned a quarter clockwise,
 * 7 transposed about the other diagonal, 8 to be turned a quarter anticlockwise.
 *
 * Sources: CIPA DC-008 (Exif 2.32), 4.6.4; PNG, third edition, 11.3.2.5; WebP container
 * specification; TIFF 6.0; ISO/IEC 23008-12:2022, 6.5.10 and 6.5.12 (AVIF, HEIF). */
#ifndef DATASETS_MEDIA_ORIENTATION_H
#define DATASETS_MEDIA_ORIENTATION_H

#include "datasets/media/image.h"

/* The orientation noted in the bytes of a JPEG, PNG, WebP, TIFF, AVIF or HEIF file; 1 where none is
 * noted or it makes no sense; 0 for a file of another kind. */
int orientation_of(const uint8_t *bytes, size_t size);

/* The orientation that shows the stored pixel (x, y) at (a x + c y, b x + d y), up to a shift;
 * angles between are taken to the nearest. */
int orientation_from_matrix(double a, double b, double c, double d);

/* Makes the upright picture of one stored in that orientation. Memory of an earlier picture in `to`
 * (or a zeroed one) is used again when the size is the same. */
int orientation_apply(int orientation, const Image *from, Image *to, Error *error) MUST_CHECK;

#endif
