/* mixer.h: one song after the other, without a gap and without a cut.
 *
 * A song that comes to its end overlaps with the next for the last seconds of a recording. One that
 * is to make way goes on to the end of a phrase (a moment that is much softer than what went
 * before), or for as long as is allowed, and then fades out while the next one begins. Where no
 * next song is ready, the one that plays goes on.
 *
 * May be used by several threads: one reads, another one controls. */
#ifndef COMPOSE_PLAY_MIXER_H
#define COMPOSE_PLAY_MIXER_H

#include "compose/play/track.h"

typedef struct MixerSettings {
    double overlap;  /* seconds by which recordings overlap, and in which songs make way */
    double patience; /* seconds within which a song that is to make way begins to fade */
} MixerSettings;

/* 3 and 12 seconds. */
MixerSettings mixer_defaults(void);

typedef struct MixerStatus {
    long begun;            /* songs that have begun so far */
    bool playing, ready;   /* whether a song plays; whether the next one is there */
    bool leaving;          /* the song is to make way */
    bool last_was_whole;   /* the song before the one that plays was heard to its end */
    double seconds, heard; /* of the song that plays */
    double left;
} MixerStatus;

typedef struct Mixer Mixer;

Mixer *mixer_create(const MixerSettings *settings, Error *error);
/* Closes the tracks that it holds. */
void mixer_destroy(Mixer *mixer);

/* The song to play next, now the mixer's; it begins at once where nothing plays. One that was
 * offered before and has not begun is closed. */
void mixer_offer(Mixer *mixer, Track *track);
/* Takes the offer back; false when there is none, or it has begun. */
bool mixer_withdraw(Mixer *mixer);

void mixer_make_way(Mixer *mixer);
/* The song fades within half a second, whatever comes then. */
void mixer_skip(Mixer *mixer);
/* All fades within `seconds`, and nothing begins any more. */
void mixer_end(Mixer *mixer, double seconds);

void mixer_pause(Mixer *mixer, bool pause);
void mixer_volume(Mixer *mixer, double volume); /* 0 … 1 */

/* What plays is bent to express this mood. */
int mixer_bend(Mixer *mixer, Mood mood, Error *error) MUST_CHECK;

/* Writes `frames` frames, silence where nothing plays. A song that fails ends there; the message is
 * kept for mixer_trouble. */
void mixer_read(Mixer *mixer, float *samples, int frames);

MixerStatus mixer_status(Mixer *mixer);
/* Whether a song has failed since the last call; fills the message. */
bool mixer_trouble(Mixer *mixer, Error *error);

#endif
