#include "compose/sound/sound.h"

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

/* A strike or a release. */
typedef struct Stroke {
    double time;
    const SongNote *note;
    bool strike;
} Stroke;

/* By time; releases before strikes. */
static int compare_strokes(const void *a, const void *b) {
    const Stroke *first = a, *second = b;
    if (first->time != second->time)
        return first->time < second->time ? -1 : 1;
    return first->strike - second->strike;
}

static Stroke *strokes_of(const Song *song, Error *error) {
    size_t count = (size_t)song->n_notes;
    Stroke *strokes = malloc((2 * count + 1) * sizeof *strokes);
    if (!strokes) {
        error_memory(error, "a song's notes", 2 * count * sizeof *strokes);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        const SongNote *note = &song->notes[i];
        strokes[2 * i] = (Stroke){note->start, note, true};
        strokes[2 * i + 1] = (Stroke){note->sound_end, note, false};
    }
    qsort(strokes, 2 * count, sizeof *strokes, compare_strokes);
    return strokes;
}

/* Plays on until `end` frames; what is struck later is left out. */
static void play_strokes(Synthesizer *synthesizer, const Stroke *strokes, size_t count,
                         const StereoSound *sound) {
    long at = 0;
    for (size_t i = 0; i <= count; i++) {
        long until = i < count ? lround(strokes[i].time * sound->rate) : sound->frames;
        until = until < sound->frames ? until : sound->frames;
        if (until > at)
            fluid_synth_write_float(synthesizer->synth, (int)(until - at), sound->samples,
                                    2 * (int)at, 2, sound->samples, 2 * (int)at + 1, 2);
        at = until > at ? until : at;
        const SongNote *note = i < count ? strokes[i].note : NULL;
        if (note)
            synthesizer_play(synthesizer, note->channel, note->program + 1, note->pitch,
                             strokes[i].strike ? note->velocity : 0);
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
            play_strokes(&synthesizer, strokes, 2 * (size_t)song->n_notes, sound);
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
