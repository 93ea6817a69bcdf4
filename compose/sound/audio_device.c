#include "compose/sound/audio_device.h"

#ifdef HAVE_FLUIDSYNTH

#    include <glob.h>
#    include <stdbool.h>
#    include <stdio.h>
#    include <string.h>

/* Without a sound card ALSA writes messages of its own: it is not even tried. */
static bool has_card(void) {
    glob_t found;
    bool any = glob("/dev/snd/pcm*p", 0, NULL, &found) == 0;
    globfree(&found);
    return any;
}

static fluid_audio_driver_t *start_driver(fluid_settings_t *settings, const AudioFeed *feed,
                                          const char *name) {
    if ((!strcmp(name, "alsa") && !has_card()) ||
        fluid_settings_setstr(settings, "audio.driver", name) == FLUID_FAILED)
        return NULL;
    return feed->function ? new_fluid_audio_driver2(settings, feed->function, feed->context)
                          : new_fluid_audio_driver(settings, feed->synth);
}

fluid_audio_driver_t *audio_device_open(fluid_settings_t *settings, const AudioFeed *feed,
                                        const char *wanted, const char *advice,
                                        char name[AUDIO_DEVICE_NAME], Error *error) {
    static const char *const usual[] = {"pipewire", "pulseaudio", "alsa"};
    size_t count = wanted ? 1 : sizeof usual / sizeof *usual;
    for (size_t i = 0; i < count; i++) {
        const char *tried = wanted ? wanted : usual[i];
        fluid_audio_driver_t *driver = start_driver(settings, feed, tried);
        snprintf(name, AUDIO_DEVICE_NAME, "%s", tried);
        if (driver)
            return driver;
    }
    char *known = fluid_settings_option_concat(settings, "audio.driver", ", ");
    error_set(error, "no audio device opens%s%s (FluidSynth knows the drivers %s)%s%s",
              wanted ? " through " : "", wanted ? wanted : "", known ? known : "none",
              advice ? "; " : "", advice ? advice : "");
    fluid_free(known);
    return NULL;
}

#endif
