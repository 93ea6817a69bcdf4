/* compose_arranged.h: the inputs of `affekt compose --style arranged`. */
#ifndef COMPOSE_COMMANDS_COMPOSE_ARRANGED_H
#define COMPOSE_COMMANDS_COMPOSE_ARRANGED_H

#include "compose/arrange/arranged_piece.h"
#include "compose/commands/compose_prime.h"

typedef struct ComposeArranged {
    LeadModel *model;
    ArrangedSettings settings; /* genre, prime and melody are filled in */
    GivenPrime prime;
    GivenMelody melody;
} ComposeArranged;

/* The index of a meter ("3/4") supported by arrangements, or -1. */
int compose_arranged_meter(const char *text);

/* Sets the index of a genre of the model of lead sheets, ARRANGED_FREE for NULL. */
int compose_arranged_genre(const char *name, int *genre, Error *error) MUST_CHECK;

/* Loads the model (NULL: the shipped one), chooses the genre (NULL: none) and reads the prime and
 * the melody to harmonize (NULL: none). Close it even on failure. */
int compose_arranged_open(ComposeArranged *arranged, const char *model, const char *genre,
                          const ComposePrime *prime, const char *harmonize,
                          Error *error) MUST_CHECK;
void compose_arranged_close(ComposeArranged *arranged);

#endif
