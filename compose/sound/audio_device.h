/* audio_device.h: opens a sound card through FluidSynth. */
#ifndef COMPOSE_SOUND_AUDIO_DEVICE_H
#define COMPOSE_SOUND_AUDIO_DEVICE_H

#include "nn/base/error.h"

#ifdef HAVE_FLUIDSYNTH

#    include <fluidsynth.h>

enum { AUDIO_DEVICE_NAME = 64 };

/* The source of samples: a function that fills them, or the synthesizer where it is NULL. */
typedef struct AudioFeed {
    fluid_synth_t *synth;
    fluid_audio_func_t function;
    void *context;
} AudioFeed;

/* Opens the wanted driver ("alsa", "pulseaudio" …), or with NULL the first that works, and writes
 * its name. Free with delete_fluid_audio_driver; the settings must outlive it. NULL where there is
 * no sound card, with a message that ends with the advice, if there is one. */
fluid_audio_driver_t *audio_device_open(fluid_settings_t *settings, const AudioFeed *feed,
                                        const char *wanted, const char *advice,
                                        char name[AUDIO_DEVICE_NAME], Error *error);

#endif
#endif
