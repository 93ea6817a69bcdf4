/* player.h: plays notes, immediately on an audio device or at their times into a WAV file.
 *
 * Built without FluidSynth, player_open fails and names the missing package. */
#ifndef COMPOSE_SOUND_PLAYER_H
#define COMPOSE_SOUND_PLAYER_H

#include "compose/sound/note_queue.h"

typedef struct PlayerSettings {
    const char *soundfont; /* as for soundfont_find */
    const char *wav;       /* the file to write; NULL for a device */
    const char *driver; /* FluidSynth's name for it: "alsa", "pulseaudio" …; NULL for the first that
                           works */
    const char *advice; /* what there is instead of a device, for the message, or NULL */
    int program;        /* General MIDI */
} PlayerSettings;

typedef struct Player Player;

/* Free with player_close. */
Player *player_open(const PlayerSettings *settings, Error *error);

void player_close(Player *player);

/* "pulseaudio", or the WAV file's name. */
const char *player_name(const Player *player);

/* A device plays it now; a WAV file at its time, which must not decrease. */
int player_play(Player *player, NoteEvent event, Error *error) MUST_CHECK;

/* Ends every note. A WAV file gets the last notes' decay and appears under its name; without this
 * it does not. */
int player_finish(Player *player, Error *error) MUST_CHECK;

/* 0 … 1, which it is at first; the amplitude is its cube, as the mixer's. */
void player_set_volume(Player *player, double volume);

#endif
