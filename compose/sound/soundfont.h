/* soundfont.h: where the instruments are. */
#ifndef COMPOSE_SOUND_SOUNDFONT_H
#define COMPOSE_SOUND_SOUNDFONT_H

#include "nn/base/error.h"

enum { SOUNDFONT_PATH = 4096 };

/* Writes the path of a soundfont: `chosen` where it is not NULL, else what the environment's
 * AFFEKT_SOUNDFONT names, else the first of the places where systems keep them. */
int soundfont_find(const char *chosen, char path[SOUNDFONT_PATH], Error *error) MUST_CHECK;

#endif
