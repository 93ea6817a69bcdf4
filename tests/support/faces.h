/* faces.h: small files of labelled faces for tests. */
#ifndef TESTS_SUPPORT_FACES_H
#define TESTS_SUPPORT_FACES_H

#include <stdint.h>

/* Writes the faces of synthetic_faces_make with these arguments as a FER2013 file in the scratch
 * directory; returns its path, scratch_path("fer2013.csv"). */
const char *faces_write(uint32_t training, uint32_t test, uint64_t seed);

#endif
