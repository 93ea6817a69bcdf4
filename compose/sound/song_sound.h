/* song_sound.h: renders a song of notes while it plays, by FluidSynth.
 *
 * Built without FluidSynth, song_sound_open fails and names the missing package. */
#ifndef COMPOSE_SOUND_SONG_SOUND_H
#define COMPOSE_SOUND_SONG_SOUND_H

#include "compose/write/bend.h"

typedef struct SongSound SongSound;

/* `soundfont` as for soundfont_find. The song, finished, must outlive it. Free with
 * song_sound_close. */
SongSound *song_sound_open(const Song *song, const char *soundfont, Error *error);
void song_sound_close(SongSound *sound);

/* The song's length with the last notes' decay. */
double song_sound_seconds(const SongSound *sound);

/* Writes the next frames, stereo of SOUND_RATE (compose/sound/sound_format.h), into `samples`
 * (frames, 2). Returns how many there were, fewer only at the end. */
int song_sound_read(SongSound *sound, float *samples, int frames);

/* Continues at that second of the song; keys are released. */
void song_sound_seek(SongSound *sound, double seconds);

/* The factor, -20 … 20 dB, that brings the song to a level (dB of full scale), by the root mean
 * square of an excerpt that is rendered for it: seconds 0 … 6 of a short song, of a longer one what
 * follows its first quarter. The song is at its beginning then. */
float song_sound_gain(SongSound *sound, double level);

/* Later notes are bent in tempo, register, mode and velocity; their lengths in beats, instruments
 * and timing are unchanged. */
int song_sound_bend(SongSound *sound, const Bend *bend, Error *error) MUST_CHECK;

#endif
