#include "compose/sound/pcm.h"

#include "compose/sound/song_sound.h"
#include "compose/sound/synthesizer.h"
#include "compose/sound/wav_file.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_FLUIDSYNTH

enum { CHANNEL = 0, FRAME_BYTES = 2 * PCM_CHANNELS };

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

static void render_song(SongSound *sound, unsigned char *wav, size_t frames) {
    float samples[1024 * PCM_CHANNELS];
    for (size_t done = 0; done < frames;) {
        int count = song_sound_read(sound, samples, 1024);
        memset(samples + (size_t)count * PCM_CHANNELS, 0,
               (size_t)(1024 - count) * PCM_CHANNELS * sizeof *samples);
        size_t left = frames - done < 1024 ? frames - done : 1024;
        wav_samples(samples, (int)left, wav + done * FRAME_BYTES);
        done += left;
    }
}

int pcm_song(const Song *song, const char *soundfont, unsigned char **bytes, size_t *size,
             Error *error) {
    SongSound *sound = song_sound_open(song, soundfont, error);
    if (!sound)
        return -1;
    size_t frames = (size_t)(song_sound_seconds(sound) * PCM_RATE);
    *size = WAV_HEADER + frames * FRAME_BYTES;
    unsigned char *wav = *size > INT32_MAX ? NULL : malloc(*size);
    int status = 0;
    if (*size > INT32_MAX)
        status = error_set(error, "a piece of %.0f seconds is too long for a WAV file in memory",
                           song->seconds);
    else if (!wav)
        status = error_memory(error, "a WAV file", *size);
    if (!status) {
        wav_header(wav, (uint32_t)(*size - WAV_HEADER));
        render_song(sound, wav + WAV_HEADER, frames);
        *bytes = wav;
    }
    song_sound_close(sound);
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
