/* synthesizer.h: FluidSynth with a soundfont loaded, for all that makes sound. */
#ifndef COMPOSE_SOUND_SYNTHESIZER_H
#define COMPOSE_SOUND_SYNTHESIZER_H

#include "nn/base/error.h"

#ifdef HAVE_FLUIDSYNTH

#    include <fluidsynth.h>

enum {
    SYNTHESIZER_RATE = 44100,
    SYNTHESIZER_BLOCK = 64,
    SYNTHESIZER_CHANNELS = 16
}; /* samples a second; at a time */

typedef struct Synthesizer {
    fluid_settings_t *settings;
    fluid_synth_t *synth;
    int programs[SYNTHESIZER_CHANNELS]; /* asked for by notes, counted from 1 */
} Synthesizer;

/* Loads the soundfont that soundfont_find finds. With `wav`, prepared for FluidSynth's file
 * renderer. To be closed also when it fails. */
int synthesizer_open(Synthesizer *synthesizer, const char *soundfont, const char *wav,
                     Error *error) MUST_CHECK;
void synthesizer_close(Synthesizer *synthesizer);

/* Strikes a key, or with velocity 0 releases it, on a channel; `program` of General MIDI counted
 * from 1, 0 for the one that the channel has. */
void synthesizer_play(Synthesizer *synthesizer, int channel, int program, int pitch, int velocity);

/* Keeps FluidSynth's own messages, which would stand in the way of ours, from standard error. */
void synthesizer_silence(void);

#endif

/* For builds without FluidSynth: says which package is missing, returns -1. */
int synthesizer_missing(Error *error);

#endif
