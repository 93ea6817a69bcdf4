/* queue.h: decides what plays next as the felt mood changes.
 *
 *     Queue *queue = queue_open(library, &settings, &error);
 *     queue_feel(queue, felt, now);                      as often as the face is read
 *     plan = queue_plan(queue, now, wall, &count);       what plays next
 *     queue_begin(queue, &plan[0], wall, &error);        the first plays from now on
 *     queue_record_play(queue, &item, wall, &error);     and is heard
 *     queue_hear(queue, &item, VERDICT_LIKE, wall, &error);
 *
 * Songs of the library and pieces to be composed share one queue: a composed piece is a candidate
 * at exactly the wanted mood, with the uncertainty of such pieces (QUEUE_COMPOSED_DOUBT), by its
 * own artist, so that likes, dislikes and repetition apply to it as to songs.
 *
 * The plan is for a mood felt for a while, and changes only after a steady change: when the felt
 * mood, smoothed over QUEUE_SMOOTH seconds, has been farther than QUEUE_FAR from the planned one
 * for QUEUE_STEADY seconds. Under a policy that moves the mood, a journey of the settings'
 * `journey` seconds begins with each such change.
 *
 * It has no clock: `now` is seconds of the session, `wall` seconds since 1970. Used by one thread
 * at a time. */
#ifndef COMPOSE_LIBRARY_QUEUE_H
#define COMPOSE_LIBRARY_QUEUE_H

#include "compose/library/playlist.h"

#define QUEUE_SMOOTH 3.0
#define QUEUE_STEADY 4.0
#define QUEUE_FAR    0.6f

/* How far a composed piece may be from the mood it was written for (standard deviation of valence
 * and of arousal): the same as for an estimated song, so that neither is preferred. */
#define QUEUE_COMPOSED_DOUBT 0.4f

enum { QUEUE_AHEAD = 5, QUEUE_COMPOSED_PIECE = -1, QUEUE_TITLE = 48 };

typedef enum QueueSource { QUEUE_SONGS, QUEUE_COMPOSE, QUEUE_MIX, QUEUE_SOURCES } QueueSource;

typedef struct QueueSettings {
    QueueSource source;
    MoodPolicy policy;
    double journey;          /* seconds in which a policy moves the mood */
    double composed_seconds; /* length of composed pieces */
    const char *languages;   /* as PlaylistSettings has these three */
    bool strict;
    const char *genre;
    uint64_t seed; /* for draws and composed pieces */
    bool draw;     /* as PlaylistSettings */
    bool keeps;    /* record plays and feedback in the library */
} QueueSettings;

/* Songs, mirrored, a journey of 20 minutes, pieces of 90 seconds, seed 1, with draws and recording.
 */
QueueSettings queue_defaults(void);

typedef struct QueueItem {
    int song;                   /* index into queue_songs, or QUEUE_COMPOSED_PIECE */
    uint64_t seed;              /* of a composed piece */
    double seconds;             /* its length */
    Mood asked;                 /* what the policy requests at its middle */
    Mood wanted;                /* that, adapted to this listener: for composing or bending */
    ChoiceReasons reasons;      /* why it was chosen, and … */
    char reason[CHOICE_REASON]; /* … the same in English */
    char title[QUEUE_TITLE];    /* of a composed piece */
} QueueItem;

typedef struct Queue Queue;

/* Reads the library's songs and the listener's feedback. Fails when nothing passes the filters and
 * nothing is to be composed. The library must outlive it; it may be NULL, and then nothing is
 * recorded. */
Queue *queue_open(Library *library, const QueueSettings *settings, Error *error);
void queue_close(Queue *queue);

/* All songs of the library, as they were when the queue was opened. */
const LibrarySongs *queue_songs(const Queue *queue);
const Listener *queue_listener(const Queue *queue);

/* The item's song; for a composed piece, what it would be in a library. Its texts last as long as
 * the item and the queue. */
LibrarySong queue_song(const Queue *queue, const QueueItem *item);

/* The mood felt at `now` (non-decreasing). True after a steady change: the current song should then
 * make way for a matching one. */
bool queue_feel(Queue *queue, Mood felt, double now);
/* As queue_feel for a mood that was chosen, not detected: it counts at once. */
void queue_set_mood(Queue *queue, Mood felt, double now);
void queue_set_policy(Queue *queue, MoodPolicy policy, double now);
MoodPolicy queue_policy(const Queue *queue);
/* Other languages from the next song on (NULL for all). Fails, changing nothing, on an unknown
 * language and where no song is left. */
int queue_set_languages(Queue *queue, const char *languages, Error *error) MUST_CHECK;

/* The mood that is planned for, and what the policy requests at `now`. */
Mood queue_felt(const Queue *queue);
Mood queue_asked(const Queue *queue, double now);
/* That, adapted to this listener. */
Mood queue_wanted(const Queue *queue, double now);
/* The same for the current mood, steady or not: for bending what plays. */
Mood queue_wanted_at_once(const Queue *queue, double now);

/* The current plan: up to QUEUE_AHEAD items, valid until the queue is used again. `from` is when
 * the first of them will begin. */
const QueueItem *queue_plan(Queue *queue, double from, double wall, int *count);

/* An item of this plan or an earlier one (a copy, or in the plan) plays from now on. */
int queue_begin(Queue *queue, const QueueItem *item, double wall, Error *error) MUST_CHECK;

/* The library records that the item has been heard, unless it is a composed piece: once it is sure
 * that it can be. */
int queue_record_play(Queue *queue, const QueueItem *item, double wall, Error *error) MUST_CHECK;

/* Whether two items are the same song or the same piece. */
bool queue_is_same(const QueueItem *a, const QueueItem *b);

/* The song cannot be played and is not tried again. */
void queue_refuse(Queue *queue, const QueueItem *item);

/* Whether an item that has ended after `heard` seconds of it was heard to its end, and not sought
 * there: at least half of it. */
bool queue_was_heard(const QueueItem *item, double heard);

/* Records feedback on an item, learns from it, and updates the plan. */
int queue_hear(Queue *queue, const QueueItem *item, Verdict verdict, double wall,
               Error *error) MUST_CHECK;

/* As feedback_undo. */
int queue_undo(Queue *queue, double wall, bool *undone, Error *error) MUST_CHECK;

#endif
