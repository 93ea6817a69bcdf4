/* mixer.h: plays one song after another, without gaps or cuts.
 *
 * The last seconds of a recording overlap with the next song. A song that is to make way continues
 * to the end of a phrase (a moment much softer than before), or as long as is allowed, and then
 * fades out while the next one begins. Where no next song is ready, the current one continues.
 *
 * Thread-safe: one thread reads, another controls. */
#ifndef COMPOSE_PLAY_MIXER_H
#define COMPOSE_PLAY_MIXER_H

#include "compose/play/track.h"

typedef struct MixerSettings {
    double overlap;  /* seconds of overlap of recordings, and of the fade when a song makes way */
    double patience; /* seconds within which a song that is to make way starts to fade */
} MixerSettings;

/* 3 and 12 seconds. */
MixerSettings mixer_defaults(void);

typedef struct MixerStatus {
    long begun;          /* songs that have begun so far */
    bool playing, ready; /* whether a song plays; whether the next one is ready */
    bool leaving;        /* the song is to make way */
    bool last_was_whole; /* the previous song was heard to its end */
    bool paused;
    double volume;         /* 0 … 1 */
    double seconds, heard; /* of the current song */
    double left;
} MixerStatus;

typedef struct Mixer Mixer;

Mixer *mixer_create(const MixerSettings *settings, Error *error);
/* Closes its tracks. */
void mixer_destroy(Mixer *mixer);

/* The song to play next, now owned by the mixer; it begins at once if nothing plays. One offered
 * earlier that has not begun is closed. */
void mixer_offer(Mixer *mixer, Track *track);
/* Withdraws the offer; false when there is none, or it has begun. */
bool mixer_withdraw(Mixer *mixer);

void mixer_make_way(Mixer *mixer);
/* The song fades out within half a second, whatever follows. */
void mixer_skip(Mixer *mixer);
/* Everything fades out within `seconds`, and nothing more begins. */
void mixer_end(Mixer *mixer, double seconds);

/* The current song continues at that second of it. */
void mixer_seek(Mixer *mixer, double seconds);

void mixer_pause(Mixer *mixer, bool pause);
void mixer_volume(Mixer *mixer, double volume); /* 0 … 1 */

/* The current song is bent to express this mood. */
int mixer_bend(Mixer *mixer, Mood mood, Error *error) MUST_CHECK;

/* Writes `frames` frames, silence where nothing plays. A song that fails ends there; the message is
 * kept for mixer_trouble. */
void mixer_read(Mixer *mixer, float *samples, int frames);

MixerStatus mixer_status(Mixer *mixer);
/* Whether a song has failed since the last call; fills the message. */
bool mixer_trouble(Mixer *mixer, Error *error);

#endif
