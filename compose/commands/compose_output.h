/* compose_output.h: the files that a composed piece is written into. */
#ifndef COMPOSE_COMMANDS_COMPOSE_OUTPUT_H
#define COMPOSE_COMMANDS_COMPOSE_OUTPUT_H

#include "compose/sound/sound.h"

#include <stdbool.h>

typedef struct ComposeOutput {
    bool png;
    const char *audio;   /* another file in this format beside it, NULL for none */
    SoundSettings sound; /* without title and loop */
} ComposeOutput;

/* Whether a piece can be written under the name: MIDI, MusicXML or sound, by its ending. */
bool compose_output_is_name(const char *path);

/* 0 where this build can write what was asked for; `path` may be NULL or a folder. Before anything
 * is composed. */
int compose_output_check(const ComposeOutput *output, const char *path, Error *error) MUST_CHECK;

/* Writes the piece; where it repeats, `loop` is its length in seconds, else 0. */
int compose_output_write(const ComposeOutput *output, const Song *song, const char *path,
                         const char *title, double loop, Error *error) MUST_CHECK;

#endif
