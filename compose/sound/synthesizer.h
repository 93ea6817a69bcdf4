/* synthesizer.h: FluidSynth with a soundfont loaded. */
#ifndef COMPOSE_SOUND_SYNTHESIZER_H
#define COMPOSE_SOUND_SYNTHESIZER_H

#include "compose/sound/sound_format.h"
#include "nn/base/error.h"

#ifdef HAVE_FLUIDSYNTH

#    include <fluidsynth.h>

enum { SYNTHESIZER_BLOCK = 64 /* frames, at SOUND_RATE */, SYNTHESIZER_CHANNELS = 16 };

typedef struct Synthesizer {
    fluid_settings_t *settings;
    fluid_synth_t *synth;
    int programs[SYNTHESIZER_CHANNELS]; /* asked for by notes, counted from 1 */
} Synthesizer;

/* Loads the soundfont that soundfont_find finds. To be closed also when it fails. */
int synthesizer_open(Synthesizer *synthesizer, const char *soundfont, Error *error) MUST_CHECK;
void synthesizer_close(Synthesizer *synthesizer);

/* Strikes a key, or with velocity 0 releases it, on a channel; `program` of General MIDI counted
 * from 1, 0 for the one that the channel has. */
void synthesizer_play(Synthesizer *synthesizer, int channel, int program, int pitch, int velocity);

/* Suppresses FluidSynth's own messages on standard error, in favour of ours. */
void synthesizer_silence(void);

#endif

/* For builds without FluidSynth: says which package is missing, returns -1. */
int synthesizer_missing(Error *error);

#endif
