/* live_music.h: endless music that follows a face, written slightly ahead of the playhead.
 *
 * It has no clock: the caller passes the time, from a real clock or from a video's frames, so that
 * a recorded video gives the same music each time.
 *
 *     live_music_feel(music, state, now);           the detected emotion
 *     live_music_write(music, now, &error);         writes to `lead` seconds past `now`
 *     while (live_music_next(music, now, &event))   what is to be played by now
 *         …
 *
 * How the music follows: music is written under the current mood, never more than a span
 * (LIVE_MUSIC_SPAN) at a time. So a change of the face is heard at the next bar line, and where
 * bars are long within lead + span seconds or, in a rest, with the next note. A large change of
 * mood also needs another mode and tempo: another section on the same tonic and meter begins at the
 * next bar line, or where the bar lasts longer with the first note that is a span later. Sounding
 * notes are never cut. After some minutes a piece comes to a regular end, and another begins.
 *
 * Arranged music (compose/live/live_arranged.h) is written a beat at a time instead, and no section
 * is begun for a mood: the theme goes on in another dress.
 *
 * One thread writes; everything else may be called from any thread at any time. */
#ifndef COMPOSE_LIVE_LIVE_MUSIC_H
#define COMPOSE_LIVE_LIVE_MUSIC_H

#include "compose/live/live_arranged.h"
#include "compose/sound/note_queue.h"
#include "infer/faces/emotion_tracker.h"

#define LIVE_MUSIC_LEAD    0.5 /* seconds */
#define LIVE_MUSIC_SPAN    1.0
#define LIVE_MUSIC_SLOWEST 0.5 /* times the written tempo */
#define LIVE_MUSIC_FASTEST 2.0

typedef struct LiveMusicSettings {
    ComposerSettings composer; /* of each piece; its lengths, span and prime are not used, and its
                                  openings must be written within the lead */
    MoodPolicy policy;
    MoodTaste taste; /* for this listener */
    const LeadModel
        *lead;         /* arranged music by this model (which must outlive it), NULL: performed */
    Ensemble ensemble; /* and who plays it, */
    int genre;         /* GENRE_FREE or an index into lead_styles, */
    int program;       /* of the melody, -1 = the ensemble's */
} LiveMusicSettings;

/* Mirrors the mood, with the composer's defaults and as many openings as this processor writes
 * within the lead. */
LiveMusicSettings live_music_defaults(void);

/* What is being played, for display and logs. */
typedef struct LiveMusicStatus {
    Mood asked; /* the mood requested for the latest notes */
    MoodPolicy policy;
    double speed;   /* times the written tempo */
    double written; /* seconds up to which all note onsets are written */
    int piece;      /* 1, 2, 3 … */
    int section;    /* of the piece, 1, 2, 3 … */
    int tonic;      /* pitch class */
    bool minor;
    bool performed;          /* without meter, bars and tempo */
    int meter;               /* index into music_meters */
    double tempo;            /* quarter notes per minute, as played */
    int sounding;            /* keys that are down, */
    bool down[NOTE_PITCHES]; /* and which */
} LiveMusicStatus;

typedef struct LiveMusic LiveMusic;

/* The model (NULL where settings->lead is there) must outlive it. Free with live_music_destroy. */
LiveMusic *live_music_create(const MusicModel *model, const LiveMusicSettings *settings,
                             Error *error);
void live_music_destroy(LiveMusic *music);

/* Sets the emotion at `now`. Regulation restarts with each change of its class. */
void live_music_feel(LiveMusic *music, const EmotionState *state, double now);

/* The same for a mood that was chosen, not detected. */
void live_music_feel_mood(LiveMusic *music, Mood felt, double now);

/* Writes up to LIVE_MUSIC_LEAD seconds past `now`. May take long; the other functions do not wait
 * for it. */
int live_music_write(LiveMusic *music, double now, Error *error) MUST_CHECK;

/* Removes the next note-on or note-off up to `until`; false when there is none. */
bool live_music_next(LiveMusic *music, double until, NoteEvent *event);

/* Releases all held keys by `time`: for a pause. */
void live_music_damp(LiveMusic *music, double time);

/* Drops notes that have not begun, and releases all keys by `time`: the end. */
void live_music_stop(LiveMusic *music, double time);

void live_music_set_policy(LiveMusic *music, MoodPolicy policy);
void live_music_set_taste(LiveMusic *music, MoodTaste taste);
/* Clamped to LIVE_MUSIC_SLOWEST … LIVE_MUSIC_FASTEST; for music written from now on. */
void live_music_set_speed(LiveMusic *music, double speed);
/* Sets one of the model's genres, 0 = unknown, or for arranged music 1 + an index into lead_styles;
 * from the next piece on. */
void live_music_set_genre(LiveMusic *music, int genre);
/* The instrument of arranged music's melody, from the next beat on: as `program` above. */
void live_music_set_program(LiveMusic *music, int program);
/* Starts another piece, in another key and tempo, with the music written next. */
void live_music_skip(LiveMusic *music);

LiveMusicStatus live_music_status(LiveMusic *music);

/* The position at `time` (of the latest seconds, up to what is written), in quarter notes since the
 * beginning; NAN for performed music, which has no steady beat. */
double live_music_quarters(LiveMusic *music, double time);

#endif
