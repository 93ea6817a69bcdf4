/* contact_sheet.h: many small faces in one picture, for inspection. */
#ifndef DATASETS_DRAW_CONTACT_SHEET_H
#define DATASETS_DRAW_CONTACT_SHEET_H

#include "datasets/augment/augment.h"

/* Writes a PNG with `count` grey faces (count, side, side) in rows of `columns`, enlarged, with a
 * caption under each. `captions` and each of its elements may be NULL. */
int contact_sheet_write(const char *path, const uint8_t *faces, int count, int side, int columns,
                        const char *const *captions, Error *error) MUST_CHECK;

/* Writes a PNG that shows what an augmentation does: a row for each of the `count` listed faces,
 * first as evaluation sees it, then as nine epochs of training would see it (without mixing). */
int contact_sheet_preview(const char *path, const FaceSet *set, const uint32_t *indices, int count,
                          const Augmentation *augmentation, Rng rng, const FaceInput *input,
                          Error *error) MUST_CHECK;

#endif
