#include "compose/sound/sound_output.h"

#include "compose/sound/audio_device.h"
#include "compose/sound/synthesizer.h"
#include "nn/base/clock.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct SoundOutput {
    bool card, to_file;
    WavFile file;
    char name[256];
    double started;   /* clock_seconds: of what is written as time passes */
    uint64_t written; /* frames */
#ifdef HAVE_FLUIDSYNTH
    fluid_settings_t *settings;
    fluid_audio_driver_t *driver;
#endif
    /* One thread puts in, the card's takes out. */
    float buffer[SOUND_OUTPUT_AHEAD * SOUND_CHANNELS];
    atomic_ulong in, out; /* frames ever */
    atomic_long gaps;
    atomic_bool starving;
};

static int buffered(SoundOutput *output) {
    return (int)(atomic_load(&output->in) - atomic_load(&output->out));
}

/* ------------------------------------------------------------------ cards */

#ifdef HAVE_FLUIDSYNTH

static int feed_card(void *context, int frames, int n_effects, float *effects[], int n_out,
                     float *out[]) {
    (void)n_effects, (void)effects;
    SoundOutput *output = context;
    int count = buffered(output);
    bool starved = count < frames && atomic_load(&output->in) > 0;
    if (starved && !atomic_exchange(&output->starving, true))
        atomic_fetch_add(&output->gaps, 1);
    else if (!starved)
        atomic_store(&output->starving, false);
    count = count < frames ? count : frames;
    unsigned long at = atomic_load(&output->out);
    for (int channel = 0; channel < n_out && channel < SOUND_CHANNELS; channel++) {
        for (int i = 0; i < count; i++)
            out[channel][i] =
                output->buffer[(at + (unsigned long)i) % SOUND_OUTPUT_AHEAD * SOUND_CHANNELS +
                               (unsigned long)channel];
        memset(out[channel] + count, 0, (size_t)(frames - count) * sizeof(float));
    }
    atomic_fetch_add(&output->out, (unsigned long)count);
    return FLUID_OK;
}

static int open_card(SoundOutput *output, const SoundOutputSettings *settings, Error *error) {
    const AudioFeed feed = {.function = feed_card, .context = output};
    char name[AUDIO_DEVICE_NAME];
    synthesizer_silence();
    output->settings = new_fluid_settings();
    if (!output->settings)
        return error_memory(error, "FluidSynth", 0);
    fluid_settings_setnum(output->settings, "synth.sample-rate", SOUND_RATE);
    output->driver =
        audio_device_open(output->settings, &feed, settings->driver, settings->advice, name, error);
    snprintf(output->name, sizeof output->name, "%s", name);
    return output->driver ? 0 : -1;
}

static void close_card(SoundOutput *output) {
    if (output->driver)
        delete_fluid_audio_driver(output->driver);
    if (output->settings)
        delete_fluid_settings(output->settings);
}

#else

static int open_card(SoundOutput *output, const SoundOutputSettings *settings, Error *error) {
    (void)output, (void)settings;
    return synthesizer_missing(error);
}

static void close_card(SoundOutput *output) {
    (void)output;
}

#endif

static void put(SoundOutput *output, const float *samples, int frames) {
    unsigned long at = atomic_load(&output->in);
    for (int i = 0; i < frames; i++)
        memcpy(&output->buffer[(at + (unsigned long)i) % SOUND_OUTPUT_AHEAD * SOUND_CHANNELS],
               samples + (size_t)i * SOUND_CHANNELS, SOUND_CHANNELS * sizeof *samples);
    atomic_fetch_add(&output->in, (unsigned long)frames);
}

/* ------------------------------------------------------------------ public */

SoundOutput *sound_output_open(const SoundOutputSettings *settings, Error *error) {
    SoundOutput *output = calloc(1, sizeof *output);
    if (!output) {
        error_memory(error, "a sound output", sizeof *output);
        return NULL;
    }
    output->card = settings->card;
    output->started = clock_seconds();
    int status = 0;
    if (settings->card) {
        status = open_card(output, settings, error);
    } else if (settings->wav) {
        status = wav_file_begin(&output->file, settings->wav, SOUND_RATE, error);
        output->to_file = !status;
        snprintf(output->name, sizeof output->name, "%s", settings->wav);
    }
    if (!status)
        return output;
    sound_output_close(output);
    return NULL;
}

void sound_output_close(SoundOutput *output) {
    if (!output)
        return;
    close_card(output);
    if (output->to_file)
        wav_file_abandon(&output->file);
    free(output);
}

const char *sound_output_name(const SoundOutput *output) {
    return *output->name ? output->name : NULL;
}

int sound_output_room(SoundOutput *output) {
    if (output->card)
        return SOUND_OUTPUT_AHEAD - buffered(output);
    double due = (clock_seconds() - output->started) * SOUND_RATE + SOUND_OUTPUT_AHEAD;
    return (int)fmin(fmax(due - (double)output->written, 0), SOUND_OUTPUT_AHEAD);
}

int sound_output_write(SoundOutput *output, const float *samples, int frames, Error *error) {
    output->written += (uint64_t)frames;
    if (output->card)
        put(output, samples, frames);
    return output->to_file ? wav_file_add(&output->file, samples, frames, error) : 0;
}

long sound_output_gaps(const SoundOutput *output) {
    return atomic_load(&output->gaps);
}

int sound_output_finish(SoundOutput *output, Error *error) {
    double waited = 0, step = 0.01;
    for (; output->card && buffered(output) > 0 && waited < 1; waited += step)
        clock_sleep(step);
    if (!output->to_file)
        return 0;
    output->to_file = false;
    return wav_file_commit(&output->file, error);
}
