#include "compose/sound/sound.h"

#include "compose/sound/synthesizer.h"
#include "nn/base/file.h"

#ifdef HAVE_FLUIDSYNTH

typedef struct Renderer {
    Synthesizer synthesizer;
    fluid_player_t *player;
    fluid_file_renderer_t *file;
} Renderer;

static void close_renderer(Renderer *renderer) {
    if (renderer->file)
        delete_fluid_file_renderer(renderer->file);
    if (renderer->player)
        delete_fluid_player(renderer->player);
    synthesizer_close(&renderer->synthesizer);
}

static int open_renderer(Renderer *renderer, const char *midi, const FileWriter *wav,
                         const char *soundfont, Error *error) {
    if (synthesizer_open(&renderer->synthesizer, soundfont, wav->name, error))
        return -1;
    renderer->player = new_fluid_player(renderer->synthesizer.synth);
    if (!renderer->player || fluid_player_add(renderer->player, midi) == FLUID_FAILED)
        return error_set(error, "%s: FluidSynth cannot read this MIDI file", midi);
    renderer->file = new_fluid_file_renderer(renderer->synthesizer.synth);
    if (!renderer->file)
        return error_errno(error, "cannot write %s", wav->path);
    return 0;
}

enum { DECAY_SECONDS = 2 }; /* after the last release */

static int render(Renderer *renderer, const char *wav, Error *error) {
    fluid_player_play(renderer->player);
    int left = DECAY_SECONDS * SYNTHESIZER_RATE / SYNTHESIZER_BLOCK;
    while (left > 0) {
        if (fluid_file_renderer_process_block(renderer->file) != FLUID_OK)
            return error_errno(error, "cannot write %s", wav);
        if (fluid_player_get_status(renderer->player) != FLUID_PLAYER_PLAYING)
            left--;
    }
    return 0;
}

int sound_render(const char *midi, const char *wav, const char *soundfont, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, wav, error))
        return -1;
    Renderer renderer = {0};
    int status = open_renderer(&renderer, midi, &writer, soundfont, error);
    if (!status)
        status = render(&renderer, wav, error);
    close_renderer(&renderer); /* completes what is in the file */
    if (!status)
        return file_commit(&writer, error);
    file_abandon(&writer);
    return -1;
}

#else

int sound_render(const char *midi, const char *wav, const char *soundfont, Error *error) {
    (void)midi, (void)wav, (void)soundfont;
    return synthesizer_missing(error);
}

#endif
