/* synthetic_faces.h: built-in faces, for demonstrations and tests without user data.
 *
 * Each face is drawn from parameters: the seven expressions move brows, lids and mouth as Ekman and
 * Friesen's "Facial Action Coding System" (1978) describes them; build, hair, glasses, skin,
 * background, pose, light and noise vary from face to face. Softmax regression on the pixels gets
 * less than half of the test faces right; the `mini` network exceeds 95 % in five epochs. */
#ifndef DATASETS_FACES_SYNTHETIC_FACES_H
#define DATASETS_FACES_SYNTHETIC_FACES_H

#include "datasets/faces/face_set.h"
#include "nn/base/rng.h"

/* Draws one face into pixels (48, 48). The same (rng, emotion) gives the same face. */
int synthetic_faces_draw(Rng rng, Emotion emotion, uint8_t *pixels, Error *error) MUST_CHECK;

/* Returns a set of `training` faces and `test` faces in each of the two test splits, with equal
 * numbers of each emotion (caller destroys), or NULL. Face i depends only on the seed and i. */
FaceSet *synthetic_faces_make(uint32_t training, uint32_t test, uint64_t seed, Error *error);

#endif
