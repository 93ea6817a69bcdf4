/* face_set.h: labelled 48×48 grey faces in memory, whatever they were read from.
 *
 * A set owns its arrays. Readers (fer2013.h, face_folder.h, synthetic_faces.h) append to it;
 * everyone else reads its fields and draws lists of indices from it. */
#ifndef DATASETS_FACES_FACE_SET_H
#define DATASETS_FACES_FACE_SET_H

#include "datasets/faces/emotion.h"
#include "nn/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FACE_SIDE = 48, FACE_PIXELS = FACE_SIDE * FACE_SIDE };

typedef enum FaceSplit {
    FACE_TRAINING,     /* to learn from */
    FACE_PUBLIC_TEST,  /* to choose settings and epochs by */
    FACE_PRIVATE_TEST, /* to score once at the end */
    FACE_SPLIT_COUNT
} FaceSplit;

typedef struct FaceSet {
    uint32_t count;
    uint8_t *pixels;   /* (count, 48, 48), 0 black … 255 white, row by row from the top */
    uint8_t *labels;   /* (count), Emotion */
    uint8_t *splits;   /* (count), FaceSplit */
    uint32_t skipped;  /* bad rows or files that the reader left out */
    uint32_t capacity; /* faces that the arrays have room for */
    bool unsplit;      /* the data named no splits: `splits` holds what its reader was told */
} FaceSet;

/* "Training", "PublicTest", "PrivateTest". */
const char *face_split_name(FaceSplit split);

/* Returns the split that a name means, whatever its case ("Training", "train", "PublicTest",
 * "public", "validation", "valid", "val", "dev", "PrivateTest", "private", "test", "testing"); -1
 * for none. */
int face_split_from_name(const char *name);

/* Returns an empty set (free with face_set_destroy) or NULL. */
FaceSet *face_set_create(Error *error);
void face_set_destroy(FaceSet *set);

/* Makes room for `extra` more faces after `count`, for a reader to fill in any order and from any
 * thread. */
int face_set_reserve(FaceSet *set, uint32_t extra, Error *error) MUST_CHECK;

/* Takes in the `filled` faces that a reader has put after `count`, but for those marked bad, which
 * count as skipped. */
void face_set_take(FaceSet *set, uint32_t filled, const bool *bad);

/* Appends one face of 48×48 pixels. */
int face_set_append(FaceSet *set, const uint8_t *pixels, Emotion label, FaceSplit split,
                    Error *error) MUST_CHECK;

/* Appends all faces of `other`, which stays as it is. */
int face_set_join(FaceSet *set, const FaceSet *other, Error *error) MUST_CHECK;

/* Gives back the room that no face fills. */
void face_set_trim(FaceSet *set);

static inline const uint8_t *face_set_face(const FaceSet *set, uint32_t index) {
    return set->pixels + (size_t)index * FACE_PIXELS;
}

/* Which faces of a split to take. */
typedef enum FaceSelection {
    FACE_ALL,
    FACE_UNSHARED, /* those whose pixels occur, byte for byte, in no other split: a training set
                      without leaks, or a test set to score without them */
} FaceSelection;

/* Returns the ascending indices of a split's faces and their number (caller frees), or NULL. */
uint32_t *face_set_indices(const FaceSet *set, FaceSplit split, FaceSelection selection,
                           uint32_t *count, Error *error);

/* For each face, sets in `occurrence` (count) the bit 1 << split for each split in which its pixels
 * occur, its own included. */
int face_set_occurrence(const FaceSet *set, uint8_t *occurrence, Error *error) MUST_CHECK;

/* A hash of one face's pixels: the same for copies, whatever their labels. */
uint64_t face_set_hash(const FaceSet *set, uint32_t index);

/* A fingerprint of pixels, labels, splits and their order: tells whether two runs saw the same
 * data. */
uint64_t face_set_checksum(const FaceSet *set);

#endif
