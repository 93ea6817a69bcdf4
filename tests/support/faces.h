/* faces.h: small files of labelled faces for tests. */
#ifndef TESTS_SUPPORT_FACES_H
#define TESTS_SUPPORT_FACES_H

#include <stdint.h>

/* Writes drawn faces, as many as synthetic_faces_make makes of these arguments, as FER2013's file
 * into the scratch directory; returns its path, scratch_path("fer2013.csv"). */
const char *faces_write(uint32_t training, uint32_t test, uint64_t seed);

#endif
