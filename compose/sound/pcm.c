#include "compose/sound/pcm.h"

#include "compose/sound/synthesizer.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_FLUIDSYNTH

enum { CHANNEL = 0 };

struct Pcm {
    Synthesizer synthesizer;
};

Pcm *pcm_open(const char *soundfont, int program, Error *error) {
    Pcm *pcm = calloc(1, sizeof *pcm);
    if (!pcm) {
        error_memory(error, "a synthesizer", sizeof *pcm);
        return NULL;
    }
    if (synthesizer_open(&pcm->synthesizer, soundfont, error)) {
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
    synthesizer_play(&pcm->synthesizer, event.channel, event.program, event.pitch, event.velocity);
}

void pcm_release(Pcm *pcm) {
    fluid_synth_all_notes_off(pcm->synthesizer.synth, -1);
}

void pcm_render(Pcm *pcm, int16_t *samples, int frames) {
    fluid_synth_write_s16(pcm->synthesizer.synth, frames, samples, 0, 2, samples, 1, 2);
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

#endif
