#include "compose/sound/player.h"

#include "compose/sound/audio_device.h"
#include "compose/sound/synthesizer.h"

#include <stdlib.h>

#ifdef HAVE_FLUIDSYNTH

enum { CHANNEL = 0, DECAY_SECONDS = 2 };

struct Player {
    Synthesizer synthesizer;
    fluid_audio_driver_t *driver;
    fluid_file_renderer_t *file;
    long samples; /* in the file so far */
    float gain;
    char name[256];
};

static int open_device(Player *player, const char *wanted, Error *error) {
    const AudioFeed feed = {.synth = player->synthesizer.synth};
    char name[AUDIO_DEVICE_NAME];
    player->driver = audio_device_open(player->synthesizer.settings, &feed, wanted, name, error);
    snprintf(player->name, sizeof player->name, "%s", name);
    return player->driver ? 0 : -1;
}

/* ------------------------------------------------------------------ files */

static int open_file(Player *player, const char *wav, Error *error) {
    snprintf(player->name, sizeof player->name, "%s", wav);
    player->file = new_fluid_file_renderer(player->synthesizer.synth);
    return player->file ? 0 : error_errno(error, "cannot write %s", wav);
}

static int render_until(Player *player, double seconds, Error *error) {
    for (; (double)player->samples < seconds * SYNTHESIZER_RATE;
         player->samples += SYNTHESIZER_BLOCK)
        if (fluid_file_renderer_process_block(player->file) != FLUID_OK)
            return error_errno(error, "cannot write %s", player->name);
    return 0;
}

/* ------------------------------------------------------------------ public */

Player *player_open(const PlayerSettings *settings, Error *error) {
    Player *player = calloc(1, sizeof *player);
    if (!player) {
        error_memory(error, "a player", sizeof *player);
        return NULL;
    }
    if (!synthesizer_open(&player->synthesizer, settings->soundfont, settings->wav, error)) {
        fluid_synth_program_change(player->synthesizer.synth, CHANNEL, settings->program);
        player->gain = fluid_synth_get_gain(player->synthesizer.synth);
        if (!(settings->wav ? open_file(player, settings->wav, error)
                            : open_device(player, settings->driver, error)))
            return player;
    }
    player_close(player);
    return NULL;
}

void player_close(Player *player) {
    if (!player)
        return;
    if (player->file)
        delete_fluid_file_renderer(player->file);
    if (player->driver)
        delete_fluid_audio_driver(player->driver);
    synthesizer_close(&player->synthesizer);
    free(player);
}

const char *player_name(const Player *player) {
    return player->name;
}

int player_play(Player *player, NoteEvent event, Error *error) {
    if (player->file && render_until(player, event.time, error))
        return -1;
    synthesizer_play(&player->synthesizer, event.channel, event.program, event.pitch,
                     event.velocity);
    return 0;
}

int player_finish(Player *player, Error *error) {
    fluid_synth_all_notes_off(player->synthesizer.synth, -1);
    if (!player->file)
        return 0;
    return render_until(player, (double)player->samples / SYNTHESIZER_RATE + DECAY_SECONDS, error);
}

void player_mute(Player *player, bool mute) {
    fluid_synth_set_gain(player->synthesizer.synth, mute ? 0 : player->gain);
}

#else

Player *player_open(const PlayerSettings *settings, Error *error) {
    (void)settings;
    synthesizer_missing(error);
    return NULL;
}

void player_close(Player *player) {
    (void)player;
}

const char *player_name(const Player *player) {
    (void)player;
    return "";
}

int player_play(Player *player, NoteEvent event, Error *error) {
    (void)player, (void)event;
    return synthesizer_missing(error);
}

int player_finish(Player *player, Error *error) {
    (void)player;
    return synthesizer_missing(error);
}

void player_mute(Player *player, bool mute) {
    (void)player, (void)mute;
}

#endif
