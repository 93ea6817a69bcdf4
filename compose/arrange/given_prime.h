/* given_prime.h: a piece to be continued, as a lead sheet.
 *
 * Its bars come first in the piece that continues it, which has its key, meter and tempo. A tempo
 * that arrangements do not have is told as its half or its double, in shorter or longer notes, so
 * that it sounds as fast as it is. */
#ifndef COMPOSE_ARRANGE_GIVEN_PRIME_H
#define COMPOSE_ARRANGE_GIVEN_PRIME_H

#include "datasets/music/lead_sheet.h"
#include "datasets/music/song.h"

typedef struct GivenPrime {
    LeadSheet sheet; /* owns its bars */
    int tonic;       /* pitch class */
    double tempo;    /* quarter notes per minute, as it begins */
} GivenPrime;

/* Fails where the song has no melody of some bars on a steady beat (datasets/music/lead_extract.h),
 * or is in a meter whose bars would become others. Free with given_prime_free. */
int given_prime_read(const Song *song, GivenPrime *prime, Error *error) MUST_CHECK;
void given_prime_free(GivenPrime *prime);

#endif
