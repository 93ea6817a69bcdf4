/* compose_names.h: file names of `affekt compose`. */
#ifndef COMPOSE_COMMANDS_COMPOSE_NAMES_H
#define COMPOSE_COMMANDS_COMPOSE_NAMES_H

#include "nn/base/error.h"

#include <stdbool.h>

enum { COMPOSE_PATH = 4096 };

typedef struct ComposeNames {
    char folder[COMPOSE_PATH -
                64]; /* "" where a file is named, else the folder without a trailing slash */
    char file[COMPOSE_PATH]; /* the MIDI file's name, "" where each piece is named after its emotion
                              */
} ComposeNames;

/* Reads --out (NULL: EMOTION.mid here, or for all emotions a folder "pieces"). A name without a
 * suffix, with a trailing slash, or of an existing folder means a folder. With `all`, the name of a
 * MIDI file is an error; without, that of any other file, since sound or picture use the piece's
 * name. */
int compose_names_read(const char *out, bool all, ComposeNames *names, Error *error) MUST_CHECK;

/* Creates the folder for the files. */
int compose_names_prepare(const ComposeNames *names, Error *error) MUST_CHECK;

/* The path of one piece; for several of the same emotion (`count` > 1), `number` 1, 2, 3 … precedes
 * the suffix. */
void compose_names_path(const ComposeNames *names, const char *emotion, int number, int count,
                        char path[COMPOSE_PATH]);

#endif
