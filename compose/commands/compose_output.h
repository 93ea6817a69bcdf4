/* compose_output.h: the output files of a composed piece. */
#ifndef COMPOSE_COMMANDS_COMPOSE_OUTPUT_H
#define COMPOSE_COMMANDS_COMPOSE_OUTPUT_H

#include "compose/sound/sound.h"

#include <stdbool.h>

typedef struct ComposeOutput {
    bool png;
    const char *audio;   /* format of an additional sound file, NULL for none */
    SoundSettings sound; /* without title and loop */
} ComposeOutput;

/* Whether a piece can be written under the name: MIDI, MusicXML or sound, by its suffix. */
bool compose_output_is_name(const char *path);

/* 0 if this build can write the requested files; `path` may be NULL or a folder. Called before
 * composing. */
int compose_output_check(const ComposeOutput *output, const char *path, Error *error) MUST_CHECK;

/* Writes the piece; if it loops, `loop` is its length in seconds, else 0. */
int compose_output_write(const ComposeOutput *output, const Song *song, const char *path,
                         const char *title, double loop, Error *error) MUST_CHECK;

#endif
