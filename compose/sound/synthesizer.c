#include "compose/sound/synthesizer.h"

#include "compose/sound/soundfont.h"

#ifdef HAVE_FLUIDSYNTH

void synthesizer_silence(void) {
    for (int level = 0; level < LAST_LOG_LEVEL; level++)
        fluid_set_log_function(level, NULL, NULL);
}

static void choose(fluid_settings_t *settings) {
    fluid_settings_setnum(settings, "synth.gain", 0.6);
    fluid_settings_setnum(settings, "synth.sample-rate", SOUND_RATE);
    fluid_settings_setint(settings, "synth.lock-memory", 0);
    /* Only the instruments that are asked for: a soundfont of 140 MB opens in a moment. */
    fluid_settings_setint(settings, "synth.dynamic-sample-loading", 1);
}

int synthesizer_open(Synthesizer *synthesizer, const char *soundfont, Error *error) {
    char path[SOUNDFONT_PATH];
    *synthesizer = (Synthesizer){0};
    if (soundfont_find(soundfont, path, error))
        return -1;
    synthesizer_silence();
    if (!fluid_is_soundfont(path))
        return error_set(error, "%s is not a soundfont (SF2 or SF3)", path);
    synthesizer->settings = new_fluid_settings();
    if (!synthesizer->settings)
        return error_memory(error, "FluidSynth", 0);
    choose(synthesizer->settings);
    synthesizer->synth = new_fluid_synth(synthesizer->settings);
    if (!synthesizer->synth || fluid_synth_sfload(synthesizer->synth, path, 1) == FLUID_FAILED)
        return error_set(error, "%s: FluidSynth cannot load this soundfont", path);
    return 0;
}

void synthesizer_play(Synthesizer *synthesizer, int channel, int program, int pitch, int velocity) {
    if (!velocity) {
        fluid_synth_noteoff(synthesizer->synth, channel, pitch);
        return;
    }
    if (program && synthesizer->programs[channel] != program)
        fluid_synth_program_change(synthesizer->synth, channel, program - 1);
    synthesizer->programs[channel] = program ? program : synthesizer->programs[channel];
    fluid_synth_noteon(synthesizer->synth, channel, pitch, velocity);
}

void synthesizer_close(Synthesizer *synthesizer) {
    if (synthesizer->synth)
        delete_fluid_synth(synthesizer->synth);
    if (synthesizer->settings)
        delete_fluid_settings(synthesizer->settings);
    *synthesizer = (Synthesizer){0};
}

#endif

int synthesizer_missing(Error *error) {
    return error_set(error,
                     "this affekt was built without FluidSynth and cannot make sound; on Debian, "
                     "install libfluidsynth-dev and build again");
}
