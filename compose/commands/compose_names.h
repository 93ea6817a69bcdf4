/* compose_names.h: what the files of `affekt compose` are called. */
#ifndef COMPOSE_COMMANDS_COMPOSE_NAMES_H
#define COMPOSE_COMMANDS_COMPOSE_NAMES_H

#include "nn/base/error.h"

#include <stdbool.h>

enum { COMPOSE_PATH = 4096 };

typedef struct ComposeNames {
    char folder[COMPOSE_PATH - 64]; /* "" where a file is named, else the folder without a slash at
                                  its end */
    char file[COMPOSE_PATH];        /* the MIDI file's name, "" where each piece is called after its
                                       emotion */
} ComposeNames;

/* Reads --out (NULL: EMOTION.mid here, or for all emotions a folder "pieces"). A name without an
 * ending, with a slash at its end, or of a folder that is there means a folder. With `all`, a MIDI
 * file's name is wrong, and so is, without, any other file's: sound or picture would lie under the
 * piece's name. */
int compose_names_read(const char *out, bool all, ComposeNames *names, Error *error) MUST_CHECK;

/* Makes the folder that the files go into. */
int compose_names_prepare(const ComposeNames *names, Error *error) MUST_CHECK;

/* The path of one piece; of several for the same emotion (`count` > 1), `number` 1, 2, 3 … goes
 * before the ending. */
void compose_names_path(const ComposeNames *names, const char *emotion, int number, int count,
                        char path[COMPOSE_PATH]);

#endif
