/* sound.h: MIDI as sound, through FluidSynth and a General MIDI soundfont.
 *
 * Built without FluidSynth, every function here fails and names the missing package. */
#ifndef COMPOSE_SOUND_H
#define COMPOSE_SOUND_H

#include "nn/base/error.h"

enum { SOUND_PATH = 4096 };

/* Writes the path of a soundfont: `chosen` where it is not NULL, else what the environment's
 * AFFEKT_SOUNDFONT names, else the first of the places where systems keep them. */
int sound_find_font(const char *chosen, char path[SOUND_PATH], Error *error) MUST_CHECK;

/* Renders a MIDI file into a WAV file (44,100 Hz, 16 bits, stereo), with the last notes' decay. */
int sound_render(const char *midi, const char *wav, const char *soundfont, Error *error) MUST_CHECK;

#endif
