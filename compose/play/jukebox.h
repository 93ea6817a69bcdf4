/* jukebox.h: songs and composed pieces that follow a mood: what a player is, whatever its clock and
 * its looks.
 *
 *     Jukebox *jukebox = jukebox_open(library, &settings, &error);
 *     jukebox_feel(jukebox, state, face, now);        the face as it is read, or
 *     jukebox_do(jukebox, command, …);                what is asked for
 *     jukebox_step(jukebox, now, wall, &error);       several times a second
 *     jukebox_read(jukebox, samples, frames);         the sound, from any thread
 *
 * It takes what comes next from the queue (compose/library/queue.h), opens it ahead
 * (compose/play/opener.h), and plays it through the mixer (compose/play/mixer.h). After a steady
 * change of mood the song that plays makes way: it begins to fade within MixerSettings.patience.
 * What is played and said goes into the library, and with all that is felt into the record.
 *
 * `now` is seconds of the session and never goes back, `wall` seconds since 1970. All but
 * jukebox_read are for one thread. */
#ifndef COMPOSE_PLAY_JUKEBOX_H
#define COMPOSE_PLAY_JUKEBOX_H

#include "compose/library/queue.h"
#include "compose/play/composing.h"
#include "compose/play/mixer.h"
#include "infer/faces/emotion_tracker.h"

#define JUKEBOX_SETTLES 2.0  /* seconds for which a face is looked at before the first song */
#define JUKEBOX_SKIPPED 30.0 /* seconds: who leaves a song earlier says something by that */

typedef enum JukeboxCommand {
    JUKEBOX_PAUSE, /* and go on */
    JUKEBOX_NEXT,
    JUKEBOX_PREVIOUS, /* this song from its beginning, or in its first seconds the one before */
    JUKEBOX_LOUDER,
    JUKEBOX_SOFTER,
    JUKEBOX_POLICY,
    JUKEBOX_LANGUAGE,                     /* one of the library's after the other, and all */
    JUKEBOX_UNDO,                         /* the last thing said */
    JUKEBOX_FOLLOW,                       /* the face, after a mood set by hand */
    JUKEBOX_SAY,                          /* + a Verdict on the song that plays */
    JUKEBOX_FEEL = JUKEBOX_SAY + VERDICTS /* + an Emotion: plays for it instead of the face's */
} JukeboxCommand;

typedef struct JukeboxSettings {
    QueueSettings queue;
    ComposingSettings composing;
    MixerSettings mixer;
    TrackSettings track;
    bool background;    /* songs are opened on a thread of their own */
    const char *record; /* the timeline to write (play_record.h), or NULL */
} JukeboxSettings;

/* Songs only, as the parts' defaults have it; bends nothing, at half strength. */
JukeboxSettings jukebox_defaults(void);

typedef struct JukeboxStatus {
    const QueueItem *item; /* what plays, NULL = nothing */
    LibrarySong song;      /* and its song */
    const QueueItem *plan; /* (n_plan) what comes next */
    int n_plan;
    double seconds, heard;     /* of the song */
    bool leaving;              /* it makes way */
    const EmotionState *state; /* felt; NULL while nothing was */
    bool face, by_hand;        /* whether a face is seen; whether the mood was set */
    Mood asked;                /* what the policy asks for now */
    MoodPolicy policy;
    const char *language; /* NULL for all */
    double volume;
    bool paused;
    long played, said;   /* songs and verdicts so far */
    const char *message; /* the last one, "" for none */
    long messages;       /* so far */
} JukeboxStatus;

typedef struct Jukebox Jukebox;

/* The library must outlive it; NULL where there is none (then all is composed). */
Jukebox *jukebox_open(Library *library, const JukeboxSettings *settings, Error *error);

/* Saves the record; a NULL jukebox is fine. */
int jukebox_close(Jukebox *jukebox, Error *error) MUST_CHECK;

/* Songs begin when the mood is known: JUKEBOX_SETTLES after the first of jukebox_feel, or when one
 * is set. Here: the emotion as it stands, and whether a face is seen. */
int jukebox_feel(Jukebox *jukebox, const EmotionState *state, bool face, double now,
                 Error *error) MUST_CHECK;

/* A mood of no emotion of the seven, set by hand. */
int jukebox_set_mood(Jukebox *jukebox, Mood mood, double now, Error *error) MUST_CHECK;

int jukebox_do(Jukebox *jukebox, int command, double now, double wall, Error *error) MUST_CHECK;

void jukebox_set_volume(Jukebox *jukebox, double volume);

/* Keeps the music going. Fails when nothing can be played at all. */
int jukebox_step(Jukebox *jukebox, double now, double wall, Error *error) MUST_CHECK;

/* Fills `samples` (frames, 2), stereo of SOUND_RATE; silence where nothing plays. */
void jukebox_read(Jukebox *jukebox, float *samples, int frames);

/* The end: all fades within `seconds`; and whether it has. */
int jukebox_end(Jukebox *jukebox, double seconds, double now, Error *error) MUST_CHECK;
bool jukebox_is_silent(Jukebox *jukebox);

/* The library's songs, which the items of the plan count. */
const LibrarySongs *jukebox_songs(const Jukebox *jukebox);

/* Valid until the jukebox is used again. */
JukeboxStatus jukebox_status(Jukebox *jukebox, double now, double wall);

#endif
