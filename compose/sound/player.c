#include "compose/sound/player.h"

#include "compose/sound/audio_device.h"
#include "compose/sound/synthesizer.h"
#include "datasets/audio/wav_file.h"

#include <stdlib.h>

#ifdef HAVE_FLUIDSYNTH

enum { CHANNEL = 0, DECAY_SECONDS = 2 };

struct Player {
    Synthesizer synthesizer;
    fluid_audio_driver_t *driver;
    WavFile file;
    bool to_file; /* which is begun and not ended */
    float gain;
    char name[256];
};

static int open_device(Player *player, const PlayerSettings *settings, Error *error) {
    const AudioFeed feed = {.synth = player->synthesizer.synth};
    char name[AUDIO_DEVICE_NAME];
    player->driver = audio_device_open(player->synthesizer.settings, &feed, settings->driver,
                                       settings->advice, name, error);
    snprintf(player->name, sizeof player->name, "%s", name);
    return player->driver ? 0 : -1;
}

/* ------------------------------------------------------------------ files */

static int open_file(Player *player, const char *wav, Error *error) {
    snprintf(player->name, sizeof player->name, "%s", wav);
    player->to_file = !wav_file_begin(&player->file, wav, SOUND_RATE, error);
    return player->to_file ? 0 : -1;
}

static int render_until(Player *player, double seconds, Error *error) {
    float samples[SOUND_CHANNELS * SYNTHESIZER_BLOCK];
    while ((double)player->file.frames < seconds * SOUND_RATE) {
        if (fluid_synth_write_float(player->synthesizer.synth, SYNTHESIZER_BLOCK, samples, 0,
                                    SOUND_CHANNELS, samples, 1, SOUND_CHANNELS) != FLUID_OK)
            return error_set(error, "FluidSynth failed");
        if (wav_file_add(&player->file, samples, SYNTHESIZER_BLOCK, error))
            return -1;
    }
    return 0;
}

static int end_file(Player *player, Error *error) {
    double end = (double)player->file.frames / SOUND_RATE + DECAY_SECONDS;
    if (render_until(player, end, error))
        return -1;
    player->to_file = false;
    return wav_file_commit(&player->file, error);
}

/* ------------------------------------------------------------------ public */

Player *player_open(const PlayerSettings *settings, Error *error) {
    Player *player = calloc(1, sizeof *player);
    if (!player) {
        error_memory(error, "a player", sizeof *player);
        return NULL;
    }
    if (!synthesizer_open(&player->synthesizer, settings->soundfont, error)) {
        fluid_synth_program_change(player->synthesizer.synth, CHANNEL, settings->program);
        player->gain = fluid_synth_get_gain(player->synthesizer.synth);
        if (!(settings->wav ? open_file(player, settings->wav, error)
                            : open_device(player, settings, error)))
            return player;
    }
    player_close(player);
    return NULL;
}

void player_close(Player *player) {
    if (!player)
        return;
    if (player->to_file)
        wav_file_abandon(&player->file);
    if (player->driver)
        delete_fluid_audio_driver(player->driver);
    synthesizer_close(&player->synthesizer);
    free(player);
}

const char *player_name(const Player *player) {
    return player->name;
}

int player_play(Player *player, NoteEvent event, Error *error) {
    if (player->to_file && render_until(player, event.time, error))
        return -1;
    synthesizer_play(&player->synthesizer, event.channel, event.program, event.pitch,
                     event.velocity);
    return 0;
}

int player_finish(Player *player, Error *error) {
    fluid_synth_all_notes_off(player->synthesizer.synth, -1);
    return player->to_file ? end_file(player, error) : 0;
}

void player_set_volume(Player *player, double volume) {
    float amplitude = (float)(volume * volume * volume);
    fluid_synth_set_gain(player->synthesizer.synth, player->gain * amplitude);
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

void player_set_volume(Player *player, double volume) {
    (void)player, (void)volume;
}

#endif
