/* live_session.h: a face and the music that follows it, independent of the clock.
 *
 *     live_session_look(session, &frame, now, &error);     frame → emotion → requested mood
 *     live_music_write(session->music, now, &error);       music ahead of the playhead
 *     live_session_log(session, &error);                   a line of the timeline
 *     live_session_play(session, now, &error);             plays and records what is due
 *
 * compose/live/live_replay.h does this over a recorded video, compose/live/live_stage.h in real
 * time. No camera pictures are stored. */
#ifndef COMPOSE_LIVE_LIVE_SESSION_H
#define COMPOSE_LIVE_LIVE_SESSION_H

#include "compose/live/live_music.h"
#include "compose/live/recording.h"
#include "compose/sound/midi_port.h"
#include "compose/sound/player.h"
#include "infer/faces/watcher.h"
#include "infer/video/video.h"

#include <pthread.h>
#include <stdio.h>

typedef struct LiveSettings {
    WatcherSettings watching;
    bool arranged;           /* else performed */
    const char *music_model; /* as for lead_model_load, or music_model_load for performed music */
    const char *genre;       /* one of the model's, NULL for none */
    LiveMusicSettings music;
    bool sound;            /* whether to open a player */
    const char *midi_port; /* as for midi_port_open, NULL for none */
    PlayerSettings player; /* its program is also the recording's */
    const char *record;    /* the MIDI file to write, NULL for none */
    const char *unheard;   /* what to record into where there is no `record` and no device opens to
                              play on; NULL: that fails. Must outlive the session */
    const char *log; /* the timeline to write (live_log.h), "-" for standard output, or NULL */
} LiveSettings;

typedef struct LiveSession {
    Watcher *watcher;
    MusicModel *model; /* NULL for arranged music */
    LeadModel *lead;   /* NULL for performed */
    LiveMusic *music;
    const char *record;
    Error unheard; /* why nothing is played though it should be, or "" */
    FILE *log;
    long frames;  /* analysed so far */
    bool unsaved; /* nothing came of it: live_session_finish saves nothing */
    bool by_hand; /* the mood is `set`, whatever the face shows */
    EmotionState set;
    pthread_mutex_t lock; /* guards what follows */
    bool muted;           /* notes are recorded, and not heard */
    Player *player;       /* NULL without sound */
    MidiPort *port;       /* NULL for none */
    Recording *recording; /* NULL for none */
    double played;        /* seconds up to which everything has been played */
    long notes;           /* played so far */
} LiveSession;

/* Opens everything named in the settings; the recording's path is only checked. NULL when any
 * fails. Free with live_session_close, which saves nothing. */
LiveSession *live_session_open(const LiveSettings *settings, Error *error);
void live_session_close(LiveSession *session);

enum { LIVE_SESSION_FACE = -1 };
/* From `now` on the music follows this emotion instead of the face, or the face again
 * (LIVE_SESSION_FACE). */
void live_session_set_mood(LiveSession *session, int emotion, double now);
/* What the music follows: the face's emotion or the one set. */
const EmotionState *live_session_mood(const LiveSession *session);

/* Analyses the next frame (its grey picture and its own time); the music follows it from `now`. */
int live_session_look(LiveSession *session, const VideoFrame *frame, double now,
                      Error *error) MUST_CHECK;

/* There is no frame at `time` of the frames' clock: as live_session_look without a face. */
void live_session_look_away(LiveSession *session, double time, double now);

/* The music goes on unheard, or sounds again. */
void live_session_mute(LiveSession *session, bool muted);

/* Writes and flushes a log line for the last frame, if there is a log. */
int live_session_log(LiveSession *session, Error *error) MUST_CHECK;

/* Plays and records what is due up to `until`. */
int live_session_play(LiveSession *session, double until, Error *error) MUST_CHECK;

/* Saves what was played so far, if there is a recording. Playing continues. */
int live_session_save(LiveSession *session, Error *error) MUST_CHECK;

/* Ends the music at `end` seconds: notes that have not begun are dropped, sounding ones may ring
 * for `ring_seconds`; plays that, and saves, even if playing fails, unless `unsaved`. */
int live_session_finish(LiveSession *session, double end, double ring_seconds,
                        Error *error) MUST_CHECK;

#endif
