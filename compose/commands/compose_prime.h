/* compose_prime.h: the piece that `affekt compose --prime` continues, or a part of it. */
#ifndef COMPOSE_COMMANDS_COMPOSE_PRIME_H
#define COMPOSE_COMMANDS_COMPOSE_PRIME_H

#include "datasets/music/song.h"

#include <stdint.h>

typedef struct ComposePrime {
    const char *file; /* NULL for none */
    float seconds;    /* of it, NAN for the whole */
    int bars;         /* of it, 0 for the whole */
} ComposePrime;

/* Reads the part of its file (free with song_free); NULL when it cannot be read. */
Song *compose_prime_song(const ComposePrime *prime, Error *error);

/* Reads it into tokens (caller frees), none where there is no file. */
int compose_prime_read(const ComposePrime *prime, uint16_t **tokens, int *count,
                       Error *error) MUST_CHECK;

#endif
