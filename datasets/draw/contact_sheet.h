/* contact_sheet.h: many small faces on one picture, to be looked at. */
#ifndef DATASETS_DRAW_CONTACT_SHEET_H
#define DATASETS_DRAW_CONTACT_SHEET_H

#include "datasets/faces/augment.h"

/* Writes a PNG with `count` grey faces (count, side, side) in rows of `columns`, enlarged, with a
 * caption under each. `captions` may be NULL, and so may each of them. */
int contact_sheet_write(const char *path, const uint8_t *faces, int count, int side, int columns,
                        const char *const *captions, Error *error) MUST_CHECK;

/* Writes a PNG that shows what an augmentation does: a row for each of the `count` listed faces,
 * first as evaluation sees it, then as it would be seen in nine epochs of training (mixtures left
 * out). */
int contact_sheet_preview(const char *path, const FaceSet *set, const uint32_t *indices, int count,
                          const Augmentation *augmentation, Rng rng, const FaceInput *input,
                          Error *error) MUST_CHECK;

#endif
