/* jukebox.h: songs and composed pieces that follow a mood: a player, independent of clock and user
 * interface.
 *
 *     Jukebox *jukebox = jukebox_open(library, &settings, &error);
 *     jukebox_feel(jukebox, state, face, now);        the detected emotion, or
 *     jukebox_do(jukebox, command, …);                user commands
 *     jukebox_step(jukebox, now, wall, &error);       several times per second
 *     jukebox_read(jukebox, samples, frames);         the sound, from any thread
 *
 * It takes the next item from the queue (compose/library/queue.h), has it opened ahead of time and
 * plays it through an outlet (compose/play/outlet.h): our mixer, or MPD. After a steady
 * change of mood the current song makes way: it starts to fade within MixerSettings.patience. Plays
 * and feedback are stored in the library, and together with felt moods in the record.
 *
 * `now` is seconds of the session (non-decreasing), `wall` seconds since 1970. All functions except
 * jukebox_read are for one thread. */
#ifndef COMPOSE_PLAY_JUKEBOX_H
#define COMPOSE_PLAY_JUKEBOX_H

#include "compose/library/queue.h"
#include "compose/play/outlet.h"
#include "infer/faces/emotion_tracker.h"

#define JUKEBOX_SETTLES 2.0  /* seconds of watching the face before the first song */
#define JUKEBOX_SKIPPED 30.0 /* seconds: skipping a song earlier counts as feedback */
#define JUKEBOX_SEEK    10.0

typedef enum JukeboxCommand {
    JUKEBOX_PAUSE, /* or continue */
    JUKEBOX_NEXT,
    JUKEBOX_PREVIOUS, /* this song from its beginning, or in its first seconds the one before */
    JUKEBOX_REWIND,   /* by JUKEBOX_SEEK seconds … */
    JUKEBOX_FORWARD,  /* … and the other way; at the end: JUKEBOX_NEXT */
    JUKEBOX_LOUDER,
    JUKEBOX_SOFTER,
    JUKEBOX_POLICY,
    JUKEBOX_LANGUAGE,                     /* cycles through the library's languages, and all */
    JUKEBOX_UNDO,                         /* feedback_undo */
    JUKEBOX_FOLLOW,                       /* the face, after a mood set by hand */
    JUKEBOX_SAY,                          /* + a Verdict on the current song */
    JUKEBOX_FEEL = JUKEBOX_SAY + VERDICTS /* + an Emotion: play for it instead of the face's */
} JukeboxCommand;

typedef struct JukeboxSettings {
    QueueSettings queue;
    OutletSettings outlet;
    const char *mpd;    /* address of the MPD that plays (compose/play/outlet.h), NULL: our mixer */
    const char *record; /* the timeline to write (play_record.h), or NULL */
} JukeboxSettings;

/* Songs only, with the parts' defaults; without bending (strength one half). */
JukeboxSettings jukebox_defaults(void);

typedef struct JukeboxStatus {
    const QueueItem *item; /* what plays, NULL = nothing */
    LibrarySong song;      /* and its song */
    const QueueItem *plan; /* (n_plan) what comes next */
    int n_plan;
    double seconds, heard;     /* of the song */
    bool leaving;              /* it makes way */
    const EmotionState *state; /* felt; NULL while nothing was */
    bool face, by_hand;        /* whether a face is visible; whether the mood was set */
    Mood asked;                /* what the policy requests now */
    MoodPolicy policy;
    const char *language; /* NULL for all */
    double volume;
    bool paused;
    long played, said;   /* songs and verdicts so far */
    const char *message; /* the last one, "" for none */
    long messages;       /* so far */
} JukeboxStatus;

typedef struct Jukebox Jukebox;

/* The library must outlive it; NULL for none (then everything is composed). */
Jukebox *jukebox_open(Library *library, const JukeboxSettings *settings, Error *error);

/* Saves the record; a NULL jukebox is fine. */
int jukebox_close(Jukebox *jukebox, Error *error) MUST_CHECK;

/* Sets the current emotion, and whether a face is visible. Songs begin when the mood is known:
 * JUKEBOX_SETTLES after the first call, or when one is set. */
int jukebox_feel(Jukebox *jukebox, const EmotionState *state, bool face, double now,
                 Error *error) MUST_CHECK;

/* A mood set by hand that is not one of the seven emotions'. */
int jukebox_set_mood(Jukebox *jukebox, Mood mood, double now, Error *error) MUST_CHECK;

/* What the library cannot record (disk full, file locked) becomes a message, and the music goes on.
 */
int jukebox_do(Jukebox *jukebox, int command, double now, double wall, Error *error) MUST_CHECK;

int jukebox_set_volume(Jukebox *jukebox, double volume, Error *error) MUST_CHECK;

/* The current song continues at that second of it. */
int jukebox_seek(Jukebox *jukebox, double seconds, Error *error) MUST_CHECK;

/* Keeps the music going. Fails when nothing can be played at all. */
int jukebox_step(Jukebox *jukebox, double now, double wall, Error *error) MUST_CHECK;

/* Fills `samples` (frames, 2), stereo of SOUND_RATE; silence where nothing plays,
 * or MPD does. */
void jukebox_read(Jukebox *jukebox, float *samples, int frames);

/* Fades everything out within `seconds`, in the samples that are then read, or while MPD plays; and
 * whether that is done. */
int jukebox_end(Jukebox *jukebox, double seconds, double now, Error *error) MUST_CHECK;
bool jukebox_is_silent(Jukebox *jukebox);

/* The library's songs, which the plan's items index. */
const LibrarySongs *jukebox_songs(const Jukebox *jukebox);

/* Valid until the jukebox is used again. */
JukeboxStatus jukebox_status(Jukebox *jukebox, double now, double wall);

#endif
