#include "compose/sound.h"

#include "compose/synthesizer.h"
#include "nn/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sound_find_font(const char *chosen, char path[SOUND_PATH], Error *error) {
    static const char *const places[] = {
        "/usr/share/sounds/sf2/FluidR3_GM.sf2",    "/usr/share/sounds/sf2/default-GM.sf2",
        "/usr/share/sounds/sf3/default-GM.sf3",    "/usr/share/sounds/sf2/TimGM6mb.sf2",
        "/usr/share/soundfonts/default.sf2",       "/usr/share/soundfonts/FluidR3_GM.sf2",
        "/usr/local/share/soundfonts/default.sf2",
    };
    const char *wanted = chosen ? chosen : getenv("AFFEKT_SOUNDFONT");
    if (wanted && *wanted) {
        if (!file_exists(wanted))
            return error_set(error, "there is no soundfont %s", wanted);
        if (snprintf(path, SOUND_PATH, "%s", wanted) >= SOUND_PATH)
            return error_set(error, "the soundfont's path is too long");
        return 0;
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (file_exists(places[i])) {
            strcpy(path, places[i]);
            return 0;
        }
    return error_set(error, "no General MIDI soundfont found; on Debian the package "
                            "fluid-soundfont-gm has one, or name one with --soundfont or "
                            "AFFEKT_SOUNDFONT");
}

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

static int open_renderer(Renderer *renderer, const char *midi, const char *wav,
                         const char *soundfont, Error *error) {
    if (synthesizer_open(&renderer->synthesizer, soundfont, wav, error))
        return -1;
    renderer->player = new_fluid_player(renderer->synthesizer.synth);
    if (!renderer->player || fluid_player_add(renderer->player, midi) == FLUID_FAILED)
        return error_set(error, "%s: FluidSynth cannot read this MIDI file", midi);
    renderer->file = new_fluid_file_renderer(renderer->synthesizer.synth);
    if (!renderer->file)
        return error_errno(error, "cannot write %s", wav);
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
    Renderer renderer = {0};
    int status = open_renderer(&renderer, midi, wav, soundfont, error);
    if (!status)
        status = render(&renderer, wav, error);
    close_renderer(&renderer);
    return status;
}

#else

int sound_render(const char *midi, const char *wav, const char *soundfont, Error *error) {
    (void)midi, (void)wav, (void)soundfont;
    return synthesizer_missing(error);
}

#endif
