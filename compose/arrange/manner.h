/* manner.h: how one piece differs from another of the same emotion.
 *
 * Real pieces of one emotion differ far more than a row of cues (compose/arrange/cues.h) says, and
 * a classifier recognises pieces that all follow their row. A manner moves the cues of a piece that
 * is of no genre in particular, and leaves mode, register and tempo to the row, by which the judges
 * of emotion go. */
#ifndef COMPOSE_ARRANGE_MANNER_H
#define COMPOSE_ARRANGE_MANNER_H

#include "compose/arrange/cues.h"
#include "nn/base/rng.h"

/* The cues as the piece of these random numbers has them; the same numbers move all cues alike. */
Cues manner_cues(const Cues *cues, Rng rng);

#endif
