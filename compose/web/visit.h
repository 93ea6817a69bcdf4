/* visit.h: the server's state for one open page: a tracked face, and its music.
 *
 * The page's frames go through the watcher that `affekt live` uses (infer/faces/watcher.h), its
 * music comes from the same compose/live/live_music.h; only clock and sound differ: music plays
 * while the page listens, and is rendered slightly ahead of what the page has received
 * (VISIT_AHEAD). Any function may be called from any thread. */
#ifndef COMPOSE_WEB_VISIT_H
#define COMPOSE_WEB_VISIT_H

#include "compose/live/live_music.h"
#include "compose/sound/pcm.h"
#include "compose/web/page_songs.h"
#include "infer/faces/watcher.h"

#define VISIT_AHEAD 0.3 /* seconds of sound sent ahead of time */

typedef struct VisitSettings {
    WatcherSettings watching;
    int threads;             /* to look at a frame with, 0 for as many as the caller has */
    const MusicModel *model; /* of performed music, NULL where music.lead is there; must outlive
                                the visit, as that must */
    LiveMusicSettings music;
    const char *soundfont;
    int program;         /* General MIDI */
    bool here;           /* sound from this computer's output instead of the page's */
    const char *driver;  /* of that output, as for audio_device_open */
    const char *library; /* file of the songs, NULL for none */
} VisitSettings;

typedef struct Visit Visit;

/* NULL when a model or the soundfont cannot be loaded. Free with visit_destroy, which ends a
 * remaining listener and waits for it. */
Visit *visit_create(const VisitSettings *settings, Error *error);
void visit_destroy(Visit *visit);

/* ------------------------------------------------------------------ the face */

enum { VISIT_FACES = 16 };

typedef struct VisitFace {
    WatchedFace face;
    bool leads;
} VisitFace;

/* Where no frame has come for so long after another, the mood goes on as without a face. */
#define VISIT_BLIND_AFTER 1.0 /* seconds */

enum { VISIT_BUSY = 1 };

/* Whether a frame is being analysed, so that another one would be refused. */
bool visit_is_busy(const Visit *visit);

/* Analyses the next frame (IMAGE_GREY); writes up to VISIT_FACES faces and their number. Returns
 * VISIT_BUSY while another frame is being analysed. */
int visit_look(Visit *visit, const Image *frame, VisitFace faces[VISIT_FACES], int *count,
               Error *error) MUST_CHECK;

/* ------------------------------------------------------------------ commands */

void visit_set_policy(Visit *visit, MoodPolicy policy);
void visit_set_genre(Visit *visit, int genre); /* begins another piece */
void visit_set_program(Visit *visit, int program);
void visit_set_speed(Visit *visit, double speed);
void visit_skip(Visit *visit);
void visit_pause(Visit *visit, bool pause);
/* A hidden page sends no frames: what its face last said stays. */
void visit_hide(Visit *visit, bool hidden);
/* Of songs on this computer's output; nothing where the page plays them. */
void visit_seek(Visit *visit, double seconds);
void visit_set_volume(Visit *visit, double volume); /* 0 … 1 */
void visit_lead(Visit *visit, int face);
/* The music follows this point in the plane instead of the face; visit_follow: the face again. */
void visit_feel(Visit *visit, float valence, float arousal);
void visit_follow(Visit *visit);

/* The songs of this page, NULL without a library. The visit passes them the mood, and its own music
 * plays only while they do not. */
PageSongs *visit_songs(Visit *visit);
/* Where in the song it is that this computer's output plays, seconds; -1 where the page plays it.
 */
double visit_heard(Visit *visit);
/* Seconds since the visit was opened: the songs' clock. */
double visit_seconds(const Visit *visit);

/* ------------------------------------------------------------------ status */

typedef struct VisitStatus {
    long number;       /* counts those of this visit: a later one is greater */
    EmotionState mood; /* from the face */
    bool by_hand;
    float valence, arousal; /* what the music follows */
    LiveMusicStatus music;
    double seconds; /* of music */
    long gaps;      /* how often music was not written in time */
    bool paused, listening;
} VisitStatus;

VisitStatus visit_status(Visit *visit);

/* ------------------------------------------------------------------ the sound */

/* Starts listening, replacing any earlier listener: returns a number for visit_listen. */
int visit_begin_listening(Visit *visit);

/* Waits until sound is due and writes up to `frames` into `samples` (frames, PCM_CHANNELS). Returns
 * how many, or 0 when replaced by another listener, or -1 after a failure. */
int visit_listen(Visit *visit, int listener, int16_t *samples, int frames);

/* Stops that listener; the music pauses until the next one starts. */
void visit_end_listening(Visit *visit, int listener);

/* What was played so far as a MIDI file. Caller frees `*bytes`. */
int visit_record(Visit *visit, unsigned char **bytes, size_t *size, Error *error) MUST_CHECK;

#endif
