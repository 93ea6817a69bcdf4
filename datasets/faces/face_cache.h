/* face_cache.h: decoded faces in a file that is mapped into memory.
 *
 * Faces in a cache are ready at once, their memory is shared by all processes of a machine, and
 * only what is used of it is resident, so that a set may be larger than memory.
 *
 * The file, in the machine's byte order: a header (CacheHeader in face_cache.c), the labels
 * (count), the splits (count) and the pixels (count, 48, 48), a byte each. */
#ifndef DATASETS_FACES_FACE_CACHE_H
#define DATASETS_FACES_FACE_CACHE_H

#include "datasets/faces/face_set.h"

/* A fingerprint of what face_load.h would read from n sources: names, sizes and modification times
 * of all their files, and those of its options that matter. */
int face_cache_key(char *const *sources, int n, bool skip_bad, FaceSplit unsplit, uint64_t seed,
                   uint64_t *key, Error *error) MUST_CHECK;

/* Maps the file's faces (caller destroys): 1, or 0 with *set NULL where there is none, it is
 * damaged, of another key or not a cache, or -1. */
int face_cache_open(const char *path, uint64_t key, FaceSet **set, Error *error) MUST_CHECK;

/* Writes the faces, completely or not at all. */
int face_cache_write(const char *path, uint64_t key, const FaceSet *set, Error *error) MUST_CHECK;

#endif
