/* audio_device.h: FluidSynth's way to a sound card, for all that is heard at once. */
#ifndef COMPOSE_SOUND_AUDIO_DEVICE_H
#define COMPOSE_SOUND_AUDIO_DEVICE_H

#include "nn/base/error.h"

#ifdef HAVE_FLUIDSYNTH

#    include <fluidsynth.h>

enum { AUDIO_DEVICE_NAME = 64 };

/* Where the samples come from: a function that fills them, or, where it is NULL, the synthesizer.
 */
typedef struct AudioFeed {
    fluid_synth_t *synth;
    fluid_audio_func_t function;
    void *context;
} AudioFeed;

/* Opens the driver that is wanted ("alsa", "pulseaudio" …), or with NULL the first that works, and
 * writes its name. Free with delete_fluid_audio_driver; the settings must outlive it. NULL, with a
 * message of what may be done instead, where there is no sound card. */
fluid_audio_driver_t *audio_device_open(fluid_settings_t *settings, const AudioFeed *feed,
                                        const char *wanted, char name[AUDIO_DEVICE_NAME],
                                        Error *error);

#endif
#endif
