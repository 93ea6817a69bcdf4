/* picture_end.h: detects truncated pictures that FFmpeg's decoders accept.
 *
 * They reject most truncated files. But they take a progressive JPEG cut between two scans for a
 * coarse picture, and a GIF or Sun raster cut anywhere for one that ends in a single colour.
 *
 * Sources: ITU-T T.81, annex B; GIF89a specification, 20 to 22; Sun's rasterfile(5). */
#ifndef DATASETS_MEDIA_PICTURE_END_H
#define DATASETS_MEDIA_PICTURE_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False for a truncated file of those kinds, true for everything else. */
bool picture_has_end(const uint8_t *bytes, size_t size);

#endif
