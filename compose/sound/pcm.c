#include "compose/sound/pcm.h"

#include "compose/sound/synthesizer.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_FLUIDSYNTH

enum { CHANNEL = 0, DECAY_SECONDS = 2, WAV_HEADER = 44, FRAME_BYTES = 2 * PCM_CHANNELS };

struct Pcm {
    Synthesizer synthesizer;
};

Pcm *pcm_open(const char *soundfont, int program, Error *error) {
    Pcm *pcm = calloc(1, sizeof *pcm);
    if (!pcm) {
        error_memory(error, "a synthesizer", sizeof *pcm);
        return NULL;
    }
    if (synthesizer_open(&pcm->synthesizer, soundfont, NULL, error)) {
        pcm_close(pcm);
        return NULL;
    }
    pcm_set_program(pcm, program);
    return pcm;
}

void pcm_close(Pcm *pcm) {
    if (pcm)
        synthesizer_close(&pcm->synthesizer);
    free(pcm);
}

void pcm_set_program(Pcm *pcm, int program) {
    fluid_synth_program_change(pcm->synthesizer.synth, CHANNEL, program);
}

void pcm_play(Pcm *pcm, NoteEvent event) {
    if (event.velocity)
        fluid_synth_noteon(pcm->synthesizer.synth, CHANNEL, event.pitch, event.velocity);
    else
        fluid_synth_noteoff(pcm->synthesizer.synth, CHANNEL, event.pitch);
}

void pcm_release(Pcm *pcm) {
    fluid_synth_all_notes_off(pcm->synthesizer.synth, -1);
}

void pcm_render(Pcm *pcm, int16_t *samples, int frames) {
    fluid_synth_write_s16(pcm->synthesizer.synth, frames, samples, 0, 2, samples, 1, 2);
}

/* ------------------------------------------------------------------ a whole song */

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

static void put(unsigned char *at, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

static void put_header(unsigned char *wav, uint32_t data) {
    memcpy(wav, "RIFF____WAVEfmt ", 16);
    put(wav + 4, data + WAV_HEADER - 8, 4);
    put(wav + 16, 16, 4);
    put(wav + 20, 1, 2);
    put(wav + 22, PCM_CHANNELS, 2);
    put(wav + 24, PCM_RATE, 4);
    put(wav + 28, PCM_RATE * FRAME_BYTES, 4);
    put(wav + 32, FRAME_BYTES, 2);
    put(wav + 34, 16, 2);
    memcpy(wav + 36, "data", 4);
    put(wav + 40, data, 4);
}

static void render_song(fluid_synth_t *synth, const Stroke *strokes, size_t count, int16_t *samples,
                        long frames) {
    long at = 0;
    for (size_t i = 0; i <= count; i++) {
        long until = i < count ? (long)(strokes[i].time * PCM_RATE) : frames;
        until = until < frames ? until : frames;
        if (until > at) {
            int16_t *left = samples + at * PCM_CHANNELS;
            fluid_synth_write_s16(synth, (int)(until - at), left, 0, 2, left, 1, 2);
            at = until;
        }
        if (i == count)
            break;
        const SongNote *note = strokes[i].note;
        if (strokes[i].strike) {
            fluid_synth_program_change(synth, note->channel, note->program);
            fluid_synth_noteon(synth, note->channel, note->pitch, note->velocity);
        } else {
            fluid_synth_noteoff(synth, note->channel, note->pitch);
        }
    }
}

int pcm_song(const Song *song, const char *soundfont, unsigned char **bytes, size_t *size,
             Error *error) {
    long frames = (long)((song->seconds + DECAY_SECONDS) * PCM_RATE);
    *size = WAV_HEADER + (size_t)frames * FRAME_BYTES;
    if (*size > INT32_MAX)
        return error_set(error, "a piece of %.0f seconds is too long for a WAV file in memory",
                         song->seconds);
    Stroke *strokes = strokes_of(song, error);
    int16_t *samples = strokes ? calloc((size_t)frames, FRAME_BYTES) : NULL;
    unsigned char *wav = samples ? malloc(*size) : NULL;
    int status = -1;
    if (wav) {
        Synthesizer synthesizer;
        status = synthesizer_open(&synthesizer, soundfont, NULL, error);
        if (!status)
            render_song(synthesizer.synth, strokes, 2 * (size_t)song->n_notes, samples, frames);
        synthesizer_close(&synthesizer);
    } else if (strokes) {
        error_memory(error, "a WAV file", *size);
    }
    if (!status) {
        put_header(wav, (uint32_t)(*size - WAV_HEADER));
        for (long i = 0; i < frames * PCM_CHANNELS; i++)
            put(wav + WAV_HEADER + 2 * i, (uint16_t)samples[i], 2);
        *bytes = wav;
    } else {
        free(wav);
    }
    free(samples);
    free(strokes);
    return status;
}

#else

Pcm *pcm_open(const char *soundfont, int program, Error *error) {
    (void)soundfont, (void)program;
    synthesizer_missing(error);
    return NULL;
}

void pcm_close(Pcm *pcm) {
    (void)pcm;
}

void pcm_set_program(Pcm *pcm, int program) {
    (void)pcm, (void)program;
}

void pcm_play(Pcm *pcm, NoteEvent event) {
    (void)pcm, (void)event;
}

void pcm_release(Pcm *pcm) {
    (void)pcm;
}

void pcm_render(Pcm *pcm, int16_t *samples, int frames) {
    (void)pcm;
    memset(samples, 0, (size_t)frames * PCM_CHANNELS * sizeof *samples);
}

int pcm_song(const Song *song, const char *soundfont, unsigned char **bytes, size_t *size,
             Error *error) {
    (void)song, (void)soundfont, (void)bytes, (void)size;
    return synthesizer_missing(error);
}

#endif
