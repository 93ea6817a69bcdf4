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

/* The last voice's echo, and the longest that a voice is waited for, after the last event. */
#    define ECHO_SECONDS    0.3
#    define LONGEST_SECONDS 10

/* The player itself goes on for seconds after it has nothing left to play. */
static bool is_over(Renderer *renderer) {
    return fluid_player_get_status(renderer->player) != FLUID_PLAYER_PLAYING ||
           fluid_player_get_current_tick(renderer->player) >=
               fluid_player_get_total_ticks(renderer->player);
}

static int render(Renderer *renderer, const char *wav, Error *error) {
    const double block = (double)SYNTHESIZER_BLOCK / SYNTHESIZER_RATE;
    double waited = 0, echo = ECHO_SECONDS;
    fluid_player_play(renderer->player);
    while (echo > 0 && waited < LONGEST_SECONDS) {
        if (fluid_file_renderer_process_block(renderer->file) != FLUID_OK)
            return error_errno(error, "cannot write %s", wav);
        if (!is_over(renderer))
            continue;
        waited += block;
        if (!fluid_synth_get_active_voice_count(renderer->synthesizer.synth))
            echo -= block;
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
