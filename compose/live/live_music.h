/* live_music.h: music without an end that follows a face, written a little ahead of the playhead.
 *
 * There is no clock in here: the caller says what time it is, from a real clock or from a video's
 * frames, so that a recorded video gives the same music each time.
 *
 *     live_music_feel(music, state, now);           the face as it is read
 *     live_music_write(music, now, &error);         writes to `lead` seconds past `now`
 *     while (live_music_next(music, now, &event))   what is to be played by now
 *         …
 *
 * How the music follows: what is written next is written under the mood of that moment, never more
 * than a span (LIVE_MUSIC_SPAN) at a time. So a change of the face is heard at the next bar line,
 * and where bars are long within lead + span seconds or, in a rest, with the next note. A mood that
 * has moved far asks for another mode and tempo as well: another section on the same tonic and
 * meter begins at the next bar line, or where the bar goes on for longer, a span later. Notes that
 * sound are never cut. After some minutes a piece comes to its end as pieces do, and another
 * begins.
 *
 * Arranged music (compose/live/live_arranged.h) is written a beat at a time instead, and no section
 * is begun for a mood: the theme goes on in another dress.
 *
 * One thread writes; all else may be called from any thread at any time. */
#ifndef COMPOSE_LIVE_LIVE_MUSIC_H
#define COMPOSE_LIVE_LIVE_MUSIC_H

#include "compose/live/live_arranged.h"
#include "compose/sound/note_queue.h"
#include "infer/faces/emotion_tracker.h"

#define LIVE_MUSIC_LEAD    0.5 /* seconds */
#define LIVE_MUSIC_SPAN    1.0
#define LIVE_MUSIC_SLOWEST 0.5 /* times as fast as written */
#define LIVE_MUSIC_FASTEST 2.0

typedef struct LiveMusicSettings {
    ComposerSettings composer; /* of each piece; its lengths, span and prime are not used, and its
                                  openings are to be written within the lead */
    MoodPolicy policy;
    const LeadModel
        *lead;         /* arranged music by this model (which must outlive it), NULL: performed */
    Ensemble ensemble; /* and who plays it, */
    int style;         /* index into lead_styles */
} LiveMusicSettings;

/* What is felt is mirrored, by the composer's defaults and as many openings as this processor
 * writes within the lead. */
LiveMusicSettings live_music_defaults(void);

/* What is being played, for people and logs. */
typedef struct LiveMusicStatus {
    Mood asked; /* what the notes written last were asked to express */
    MoodPolicy policy;
    double speed;   /* times as fast as written */
    double written; /* seconds up to which all beginnings of notes are written */
    int piece;      /* 1, 2, 3 … */
    int section;    /* of the piece, 1, 2, 3 … */
    int tonic;      /* pitch class */
    bool minor;
    bool performed;          /* off the grid: neither meter, bars nor tempo */
    int meter;               /* index into music_meters */
    double tempo;            /* quarter notes a minute, as played */
    int sounding;            /* keys that are down, */
    bool down[NOTE_PITCHES]; /* and which */
} LiveMusicStatus;

typedef struct LiveMusic LiveMusic;

/* The model (NULL where settings->lead is there) must outlive it. Free with live_music_destroy. */
LiveMusic *live_music_create(const MusicModel *model, const LiveMusicSettings *settings,
                             Error *error);
void live_music_destroy(LiveMusic *music);

/* Takes the emotion as it stands at `now`. Regulation begins anew with each change of its class. */
void live_music_feel(LiveMusic *music, const EmotionState *state, double now);

/* The same for a mood that was chosen, not read. */
void live_music_feel_mood(LiveMusic *music, Mood felt, double now);

/* Writes on until LIVE_MUSIC_LEAD seconds past `now`. Takes its time; the others do not wait. */
int live_music_write(LiveMusic *music, double now, Error *error) MUST_CHECK;

/* Takes out the next strike or release up to `until`; false when there is none. */
bool live_music_next(LiveMusic *music, double until, NoteEvent *event);

/* Lets the keys that are down come up by `time`: for a pause. */
void live_music_damp(LiveMusic *music, double time);

/* Forgets what has not begun, and lets the keys come up by `time`: the end. */
void live_music_stop(LiveMusic *music, double time);

void live_music_set_policy(LiveMusic *music, MoodPolicy policy);
/* Clamped to LIVE_MUSIC_SLOWEST … LIVE_MUSIC_FASTEST; from what is written next. */
void live_music_set_speed(LiveMusic *music, double speed);
/* One of the model's genres, 0 = unknown; from the next piece on. */
void live_music_set_genre(LiveMusic *music, int genre);
/* Another piece, in another key and tempo, begins with what is written next. */
void live_music_skip(LiveMusic *music);

LiveMusicStatus live_music_status(LiveMusic *music);

#endif
