/* play_session.h: a face, or a mood set by hand, and the songs that follow it: the state of affekt
 * play, independent of the clock.
 *
 * compose/play/play_perform.h runs it in real time, compose/play/play_replay.h over a recorded
 * video or a given time, as fast as possible. No camera pictures are stored. */
#ifndef COMPOSE_PLAY_PLAY_SESSION_H
#define COMPOSE_PLAY_PLAY_SESSION_H

#include "compose/play/jukebox.h"
#include "compose/sound/sound_output.h"
#include "infer/faces/watcher.h"
#include "infer/video/video.h"

typedef struct PlaySettings {
    const char *library; /* as for library_open */
    bool composes_only;  /* without a library */
    JukeboxSettings jukebox;
    SoundOutputSettings sound;
    const char *source; /* the camera or video, NULL = none: the mood is set by hand */
    bool camera;
    WatcherSettings watching;
    int emotion;    /* set from the beginning, or -1 … */
    Mood mood;      /* … for this one, where there is no source */
    double seconds; /* after which it ends, 0 = never */
} PlaySettings;

typedef struct PlaySession {
    const PlaySettings *settings;
    Library *library;
    Jukebox *jukebox;
    Watcher *watcher; /* NULL without a source */
    double wall;      /* seconds since 1970 at second 0 of the session */
    long frames;      /* analysed */
} PlaySession;

/* Opens everything named in the settings, which must outlive it, and sets the mood. Free with
 * play_session_close, even on failure. */
int play_session_open(PlaySession *session, const PlaySettings *settings, Error *error) MUST_CHECK;
/* Saves the record. */
int play_session_close(PlaySession *session, Error *error) MUST_CHECK;

/* Analyses a frame (its grey picture and its own time); the music follows it from `now`. */
int play_session_look(PlaySession *session, const VideoFrame *frame, double now,
                      Error *error) MUST_CHECK;
/* There is no frame at `time` of the frames' clock. */
int play_session_look_away(PlaySession *session, double time, double now, Error *error) MUST_CHECK;

/* jukebox_step and jukebox_do at `now`. */
int play_session_step(PlaySession *session, double now, Error *error) MUST_CHECK;
int play_session_do(PlaySession *session, int command, double now, Error *error) MUST_CHECK;

#endif
