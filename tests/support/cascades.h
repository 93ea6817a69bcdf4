/* cascades.h: small cascades for tests, as text. */
#ifndef TESTS_SUPPORT_CASCADES_H
#define TESTS_SUPPORT_CASCADES_H

#include "infer/faces/detect/cascade/cascade.h"

/* A window of 12×12, one stage of a stump (upright, two rectangles) and one of a tree of two nodes
 * (tilted, three rectangles). It accepts a fair share of random noise. */
extern const char small_cascade[];

/* The text with the first `old` replaced (text_format's lifetime). */
const char *small_cascade_with(const char *old, const char *replacement);

/* Whether the default cascade is installed and readable; if not, reports that the test is skipped.
 */
bool usual_cascade_is_here(void);

#endif
