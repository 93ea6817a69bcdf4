/* face_set.h: labelled 48×48 grey faces in memory, from any source.
 *
 * A set owns its arrays. Readers (fer2013.h, face_folder.h, synthetic_faces.h) append to it;
 * everyone else reads its fields and draws lists of indices from it. */
#ifndef DATASETS_FACES_FACE_SET_H
#define DATASETS_FACES_FACE_SET_H

#include "datasets/faces/emotion.h"
#include "nn/base/error.h"
#include "nn/io/file_map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FACE_SIDE = 48, FACE_PIXELS = FACE_SIDE * FACE_SIDE };

typedef enum FaceSplit {
    FACE_TRAINING,     /* for training */
    FACE_PUBLIC_TEST,  /* for choosing settings and epochs */
    FACE_PRIVATE_TEST, /* for scoring once at the end */
    FACE_SPLIT_COUNT
} FaceSplit;

typedef struct FaceSet {
    uint32_t count;
    uint8_t *pixels;   /* (count, 48, 48), 0 black … 255 white, row by row from the top */
    uint8_t *labels;   /* (count), Emotion */
    uint8_t *splits;   /* (count), FaceSplit */
    uint32_t skipped;  /* bad rows or files that the reader left out */
    uint32_t capacity; /* faces that the arrays have room for */
    bool unsplit;      /* the data has no named splits: `splits` has the one given to its reader */
    FileMap map;       /* where the arrays are (face_cache.h), and then cannot grow; or empty */
} FaceSet;

/* "Training", "PublicTest", "PrivateTest". */
const char *face_split_name(FaceSplit split);

/* Returns the split for a name, ignoring case ("Training", "train", "PublicTest", "public",
 * "validation", "valid", "val", "dev", "PrivateTest", "private", "test", "testing"); -1 for none.
 */
int face_split_from_name(const char *name);

/* Returns an empty set (free with face_set_destroy) or NULL. */
FaceSet *face_set_create(Error *error);
void face_set_destroy(FaceSet *set);

/* Makes room for `extra` more faces after `count`, for a reader to fill in any order and from any
 * thread. */
int face_set_reserve(FaceSet *set, uint32_t extra, Error *error) MUST_CHECK;

/* Adds the `filled` faces that a reader has put after `count`, except those marked bad, which count
 * as skipped. */
void face_set_take(FaceSet *set, uint32_t filled, const bool *bad);

/* Appends one face of 48×48 pixels, for those who make a set by hand. */
int face_set_append(FaceSet *set, const uint8_t *pixels, Emotion label, FaceSplit split,
                    Error *error) MUST_CHECK;

/* Appends all faces of `other`, which is unchanged. */
int face_set_join(FaceSet *set, const FaceSet *other, Error *error) MUST_CHECK;

/* Frees unused capacity. */
void face_set_trim(FaceSet *set);

static inline const uint8_t *face_set_face(const FaceSet *set, uint32_t index) {
    return set->pixels + (size_t)index * FACE_PIXELS;
}

/* Which faces of a split to take. */
typedef enum FaceSelection {
    FACE_ALL,
    FACE_UNSHARED, /* those whose pixels do not occur, byte for byte, in any other split: a training
                      set or a test set without leakage */
} FaceSelection;

/* Returns the ascending indices of a split's faces and their number (caller frees), or NULL. */
uint32_t *face_set_indices(const FaceSet *set, FaceSplit split, FaceSelection selection,
                           uint32_t *count, Error *error);

/* For each face, sets in `occurrence` (count) the bit 1 << split for each split in which its pixels
 * occur, its own included. */
int face_set_occurrence(const FaceSet *set, uint8_t *occurrence, Error *error) MUST_CHECK;

/* A hash of one face's pixels: the same for copies, whatever their labels. */
uint64_t face_set_hash(const FaceSet *set, uint32_t index);

/* A fingerprint of pixels, labels, splits and their order: shows whether two runs used the same
 * data. */
uint64_t face_set_checksum(const FaceSet *set);

#endif
