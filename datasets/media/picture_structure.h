/* picture_structure.h: what the structure of a picture's file says, without decoding it.
 *
 * FFmpeg's decoders reject most truncated files. But they take a progressive JPEG cut between two
 * scans for a coarse picture, a GIF or Sun raster cut anywhere for one that ends in a single
 * colour, and a run-length encoded TGA without its end for one whose last pixels are black.
 *
 * Sources: ITU-T T.81, annex B; GIF89a specification, 20 to 22; Sun's rasterfile(5); Truevision TGA
 * specification 2.0, image types 9 to 11; PNG specification (third edition), 11.3.6. */
#ifndef DATASETS_MEDIA_PICTURE_STRUCTURE_H
#define DATASETS_MEDIA_PICTURE_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False for a truncated JPEG, GIF or Sun raster, true for everything else. */
bool picture_has_end(const uint8_t *bytes, size_t size);

/* The same for a TGA, which has no signature: the caller knows that it is one. */
bool picture_tga_has_end(const uint8_t *bytes, size_t size);

/* Whether the file, of which the first bytes are enough, is of a kind that can be animated: GIF and
 * PNG. */
bool picture_can_be_animated(const uint8_t *bytes, size_t size);

/* Whether the file is a GIF or PNG with more than one picture, shown one after the other. */
bool picture_is_animated(const uint8_t *bytes, size_t size);

#endif
