#include "compose/sound/song_sound.h"

#include "compose/sound/sound_format.h"
#include "compose/sound/strokes.h"
#include "compose/sound/synthesizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_FLUIDSYNTH

enum { DECAY_SECONDS = 2 };

struct SongSound {
    const Song *song;
    Synthesizer synthesizer;
    Stroke *strokes; /* (2 · n_notes) */
    uint8_t *struck; /* (n_notes) the pitch that was sounded */
    Keyboard keyboard;
    int next;                       /* stroke */
    double time;                    /* of the song, at the next frame */
    int program[KEYBOARD_CHANNELS]; /* -1 = none chosen yet */
    Bend bend;
    BendKeys keys; /* found with the first bend */
};

static const Bend plain = {.tempo = 1, .articulation = 1, .program = -1};

static int list_strokes(SongSound *sound, Error *error) {
    size_t count = (size_t)sound->song->n_notes;
    sound->strokes = strokes_of(sound->song, error);
    sound->struck = calloc(count + 1, sizeof *sound->struck);
    if (sound->strokes && !sound->struck)
        error_memory(error, "a song's notes", count);
    return sound->strokes && sound->struck ? 0 : -1;
}

SongSound *song_sound_open(const Song *song, const char *soundfont, Error *error) {
    SongSound *sound = calloc(1, sizeof *sound);
    if (!sound) {
        error_memory(error, "a song's sound", sizeof *sound);
        return NULL;
    }
    sound->song = song;
    sound->bend = plain;
    memset(sound->program, -1, sizeof sound->program);
    if (!list_strokes(sound, error) && !synthesizer_open(&sound->synthesizer, soundfont, error))
        return sound;
    song_sound_close(sound);
    return NULL;
}

void song_sound_close(SongSound *sound) {
    if (!sound)
        return;
    synthesizer_close(&sound->synthesizer);
    bend_keys_free(&sound->keys);
    free(sound->strokes);
    free(sound->struck);
    free(sound);
}

double song_sound_seconds(const SongSound *sound) {
    return sound->song->seconds + DECAY_SECONDS;
}

void song_sound_seek(SongSound *sound, double seconds) {
    fluid_synth_system_reset(sound->synthesizer.synth);
    memset(sound->program, -1, sizeof sound->program);
    sound->keyboard = (Keyboard){0};
    sound->time = seconds;
    for (sound->next = 0; sound->next < 2 * sound->song->n_notes; sound->next++)
        if (sound->strokes[sound->next].time >= seconds)
            break;
}

int song_sound_bend(SongSound *sound, const Bend *bend, Error *error) {
    if (bend->mode && !sound->keys.at && bend_keys_find(sound->song, &sound->keys, error))
        return -1;
    sound->bend = *bend;
    return 0;
}

static void strike(SongSound *sound, int index) {
    fluid_synth_t *synth = sound->synthesizer.synth;
    const SongNote *note = &sound->song->notes[index];
    if (sound->program[note->channel] != note->program)
        fluid_synth_program_change(synth, note->channel, note->program);
    sound->program[note->channel] = note->program;
    double velocity = fmin(fmax(note->velocity + sound->bend.velocity, 1), 127);
    sound->struck[index] = (uint8_t)bend_pitch(&sound->keys, &sound->bend, note);
    keyboard_strike(&sound->keyboard, note->channel, sound->struck[index], index);
    fluid_synth_noteon(synth, note->channel, sound->struck[index], (int)lround(velocity));
}

static void play(SongSound *sound, const Stroke *stroke) {
    int channel = sound->song->notes[stroke->note].channel, pitch = sound->struck[stroke->note];
    if (stroke->strike)
        strike(sound, stroke->note);
    else if (keyboard_release(&sound->keyboard, channel, pitch, stroke->note))
        fluid_synth_noteoff(sound->synthesizer.synth, channel, pitch);
}

int song_sound_read(SongSound *sound, float *samples, int frames) {
    double end = song_sound_seconds(sound), step = sound->bend.tempo / SOUND_RATE;
    int count = 2 * sound->song->n_notes, done = 0;
    while (done < frames && sound->time < end) {
        while (sound->next < count && sound->strokes[sound->next].time <= sound->time)
            play(sound, &sound->strokes[sound->next++]);
        double until = sound->next < count ? sound->strokes[sound->next].time : end;
        int more = (int)fmin(ceil((until - sound->time) / step), frames - done);
        float *at = samples + (size_t)done * SOUND_CHANNELS;
        more = more > 0 ? more : 1;
        fluid_synth_write_float(sound->synthesizer.synth, more, at, 0, SOUND_CHANNELS, at, 1,
                                SOUND_CHANNELS);
        done += more;
        sound->time += more * step;
    }
    return done;
}

#else

struct SongSound {
    int none;
};

SongSound *song_sound_open(const Song *song, const char *soundfont, Error *error) {
    (void)song, (void)soundfont;
    synthesizer_missing(error);
    return NULL;
}

void song_sound_close(SongSound *sound) {
    (void)sound;
}

double song_sound_seconds(const SongSound *sound) {
    (void)sound;
    return 0;
}

int song_sound_read(SongSound *sound, float *samples, int frames) {
    (void)sound, (void)samples, (void)frames;
    return 0;
}

void song_sound_seek(SongSound *sound, double seconds) {
    (void)sound, (void)seconds;
}

int song_sound_bend(SongSound *sound, const Bend *bend, Error *error) {
    (void)sound, (void)bend;
    return synthesizer_missing(error);
}

#endif

float song_sound_gain(SongSound *sound, double level) {
    enum { CHUNK = 1024 };
    const double excerpt = 6, most = 20; /* seconds; decibels: few soft notes are far below */
    const double seconds = song_sound_seconds(sound);
    float samples[CHUNK * SOUND_CHANNELS];
    double sum = 0;
    long frames = 0;
    song_sound_seek(sound, seconds > 4 * excerpt ? seconds / 4 : 0);
    while (frames < (long)(excerpt * SOUND_RATE)) {
        int count = song_sound_read(sound, samples, CHUNK);
        for (int i = 0; i < count * SOUND_CHANNELS; i++)
            sum += (double)samples[i] * (double)samples[i];
        frames += count;
        if (count < CHUNK)
            break;
    }
    song_sound_seek(sound, 0);
    double mean = frames ? sum / (double)(frames * SOUND_CHANNELS) : 0;
    double decibels = mean > 1e-9 ? fmin(fmax(level - 10 * log10(mean), -most), most) : 0;
    return (float)pow(10, decibels / 20);
}
