/* composing.h: pieces composed on request, for playing among songs. */
#ifndef COMPOSE_PLAY_COMPOSING_H
#define COMPOSE_PLAY_COMPOSING_H

#include "compose/arrange/arranger.h"
#include "compose/write/composer.h"

typedef struct ComposingSettings {
    bool arranged;             /* a lead sheet for an ensemble, else a piano performance */
    Ensemble ensemble;         /* of arranged pieces */
    const char *model;         /* as for music_model_load, or lead_model_load if arranged */
    ComposerSettings composer; /* of piano performances; lengths and seed are not used */
    int program;               /* General MIDI, -1 = default */
} ComposingSettings;

typedef struct Composing Composing;

/* The model is loaded with the first piece. */
Composing *composing_create(const ComposingSettings *settings, Error *error);
void composing_destroy(Composing *composing);

/* A finished piece for a mood (free with song_free), about `seconds` long. */
Song *composing_write(Composing *composing, Mood mood, double seconds, uint64_t seed, Error *error);

#endif
