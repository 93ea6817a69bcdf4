/* sound.h: MIDI as sound, through FluidSynth and a General MIDI soundfont.
 *
 * Built without FluidSynth, every function here fails and names the missing package. */
#ifndef COMPOSE_SOUND_SOUND_H
#define COMPOSE_SOUND_SOUND_H

#include "nn/base/error.h"

/* Renders a MIDI file into a WAV file (44,100 Hz, 16 bits, stereo), with the last notes' decay. The
 * file appears under its name only when it is complete. */
int sound_render(const char *midi, const char *wav, const char *soundfont, Error *error) MUST_CHECK;

#endif
