/* soundfont.h: finds the soundfont. */
#ifndef COMPOSE_SOUND_SOUNDFONT_H
#define COMPOSE_SOUND_SOUNDFONT_H

#include "nn/base/error.h"

enum { SOUNDFONT_PATH = 4096 };

/* Writes the path of a soundfont: `chosen` if not NULL, else that of the environment variable
 * AFFEKT_SOUNDFONT, else the first found in the usual system folders. */
int soundfont_find(const char *chosen, char path[SOUNDFONT_PATH], Error *error) MUST_CHECK;

#endif
