/* picture_end.h: whether a picture's file has its end, where FFmpeg's decoders don't notice.
 *
 * They refuse most files that are cut off. But a progressive JPEG cut between two scans looks to
 * them like a coarse picture, and a GIF or Sun raster cut anywhere like one that ends in one
 * colour.
 *
 * Sources: ITU-T T.81, annex B; GIF89a specification, 20 to 22; Sun's rasterfile(5). */
#ifndef DATASETS_MEDIA_PICTURE_END_H
#define DATASETS_MEDIA_PICTURE_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False for a file of those kinds that is cut off, true for everything else. */
bool picture_has_end(const uint8_t *bytes, size_t size);

#endif
