#include "compose/sound/sound.h"

#include "compose/sound/strokes.h"
#include "compose/sound/synthesizer.h"
#include "datasets/audio/loudness.h"

#include <math.h>
#include <stdlib.h>

double sound_level(const Song *song) {
    const double middling = 72; /* of a neutral piece */
    double sum = 0;
    for (int i = 0; i < song->n_notes; i++)
        sum += song->notes[i].velocity;
    /* Synthesizers take the velocity's square for the amplitude; this is half of that. */
    double levels = song->n_notes ? 20 * log10(sum / song->n_notes / middling) : 0;
    return SOUND_LUFS + fmin(fmax(levels, -SOUND_LEVELS), SOUND_LEVELS);
}

#ifdef HAVE_FLUIDSYNTH

static const double decay_seconds = 2;

static void play(Synthesizer *synthesizer, Keyboard *keyboard, const Song *song,
                 const Stroke *stroke) {
    const SongNote *note = &song->notes[stroke->note];
    if (stroke->strike)
        keyboard_strike(keyboard, note->channel, note->pitch, stroke->note);
    else if (!keyboard_release(keyboard, note->channel, note->pitch, stroke->note))
        return;
    synthesizer_play(synthesizer, note->channel, note->program + 1, note->pitch,
                     stroke->strike ? note->velocity : 0);
}

/* Plays the song to the end of the sound; what is struck later is left out. */
static void play_song(Synthesizer *synthesizer, const Song *song, const Stroke *strokes,
                      const StereoSound *sound) {
    Keyboard keyboard = {0};
    int count = 2 * song->n_notes;
    long at = 0;
    for (int i = 0; i <= count; i++) {
        long until = i < count ? lround(strokes[i].time * sound->rate) : sound->frames;
        until = until < sound->frames ? until : sound->frames;
        if (until > at)
            fluid_synth_write_float(synthesizer->synth, (int)(until - at), sound->samples,
                                    2 * (int)at, 2, sound->samples, 2 * (int)at + 1, 2);
        at = until > at ? until : at;
        if (i < count)
            play(synthesizer, &keyboard, song, &strokes[i]);
    }
}

int sound_play(const Song *song, const SoundSettings *settings, StereoSound *sound, Error *error) {
    bool loop = settings->loop > 0;
    double seconds = loop ? settings->loop : song->seconds + decay_seconds;
    *sound = (StereoSound){.rate = SOUND_RATE, .frames = lround(seconds * SOUND_RATE)};
    size_t bytes = (size_t)sound->frames * 2 * sizeof *sound->samples;
    if (bytes > INT32_MAX)
        return error_set(error, "a piece of %.0f seconds is too long to be rendered", seconds);
    Stroke *strokes = strokes_of(song, error);
    sound->samples = strokes ? calloc(1, bytes + 1) : NULL;
    int status = -1;
    if (sound->samples) {
        Synthesizer synthesizer;
        status = synthesizer_open(&synthesizer, settings->soundfont, error);
        /* In a loop the first round is only played for what of it still rings in the second. */
        for (int round = 0; round <= loop && !status; round++)
            play_song(&synthesizer, song, strokes, sound);
        synthesizer_close(&synthesizer);
    } else if (strokes) {
        error_memory(error, "sound", bytes);
    }
    free(strokes);
    if (status) {
        free(sound->samples);
        sound->samples = NULL;
    }
    return status;
}

/* Plays the song and makes it as loud as a file is. */
static int play_evenly(const Song *song, const char *name, const SoundSettings *settings,
                       StereoSound *sound, Error *error) {
    if (audio_write_check(name, error) || sound_play(song, settings, sound, error))
        return -1;
    int status = loudness_is_built() ? loudness_set(sound, sound_level(song), error) : 0;
    if (status)
        free(sound->samples);
    return status;
}

int sound_render(const Song *song, const char *path, const SoundSettings *settings, Error *error) {
    StereoSound sound;
    if (play_evenly(song, path, settings, &sound, error))
        return -1;
    int status = audio_write(&sound, path, settings->title, error);
    free(sound.samples);
    return status;
}

int sound_encode(const Song *song, const char *name, const SoundSettings *settings,
                 unsigned char **bytes, size_t *size, Error *error) {
    StereoSound sound;
    if (play_evenly(song, name, settings, &sound, error))
        return -1;
    int status = audio_encode(&sound, name, settings->title, bytes, size, error);
    free(sound.samples);
    return status;
}

#else

int sound_play(const Song *song, const SoundSettings *settings, StereoSound *sound, Error *error) {
    (void)song, (void)settings;
    *sound = (StereoSound){0};
    return synthesizer_missing(error);
}

int sound_render(const Song *song, const char *path, const SoundSettings *settings, Error *error) {
    (void)song, (void)path, (void)settings;
    return synthesizer_missing(error);
}

int sound_encode(const Song *song, const char *name, const SoundSettings *settings,
                 unsigned char **bytes, size_t *size, Error *error) {
    (void)song, (void)name, (void)settings, (void)bytes, (void)size;
    return synthesizer_missing(error);
}

#endif
