/* queue.h: what plays next, while the mood that is felt moves.
 *
 *     Queue *queue = queue_open(library, &settings, &error);
 *     queue_feel(queue, felt, now);                      as often as the face is read
 *     queue_next(queue, now, wall, &item, &error);       the song that plays from now on
 *     queue_hear(queue, &item, VERDICT_LIKE, wall, &error);
 *
 * Songs of the library and pieces still to be composed stand in one line: a composed piece is a
 * candidate that lies where the music is wanted, as doubtful as such pieces are
 * (QUEUE_COMPOSED_DOUBT), by an artist of its own, so that it is liked, disliked and repeated as
 * the songs are.
 *
 * What comes next is planned under the mood that has been felt for a while, and planned anew only
 * after a steady change: when the felt mood, smoothed over QUEUE_SMOOTH seconds, has been farther
 * than QUEUE_FAR from the one planned for, for QUEUE_STEADY seconds. Under a policy that leads on,
 * the way begins with each such change and takes the settings' `journey` seconds.
 *
 * There is no clock in here: `now` is seconds of the session, `wall` seconds since 1970. Used by
 * one thread at a time. */
#ifndef COMPOSE_LIBRARY_QUEUE_H
#define COMPOSE_LIBRARY_QUEUE_H

#include "compose/library/playlist.h"

#define QUEUE_SMOOTH 3.0
#define QUEUE_STEADY 4.0
#define QUEUE_FAR    0.6f

/* How far a composed piece may lie from the mood that it was written for (a standard deviation of
 * valence and of arousal): as far as an estimated song, so that neither is preferred for it. */
#define QUEUE_COMPOSED_DOUBT 0.4f

enum { QUEUE_AHEAD = 5, QUEUE_COMPOSED_PIECE = -1, QUEUE_TITLE = 48 };

typedef enum QueueSource { QUEUE_SONGS, QUEUE_COMPOSE, QUEUE_MIX, QUEUE_SOURCES } QueueSource;

typedef struct QueueSettings {
    QueueSource source;
    MoodPolicy policy;
    double journey;          /* seconds in which a policy leads on */
    double composed_seconds; /* length of composed pieces */
    const char *languages;   /* as PlaylistSettings has these three */
    bool strict;
    const char *genre;
    uint64_t seed; /* of draws, and of composed pieces */
    bool draw;     /* as PlaylistSettings */
    bool keeps;    /* what is played and said, in the library */
} QueueSettings;

/* Songs, mirrored, a journey of 20 minutes, pieces of 90 seconds, seed 1, with draws; all is kept.
 */
QueueSettings queue_defaults(void);

typedef struct QueueItem {
    int song;        /* index into queue_songs, or QUEUE_COMPOSED_PIECE */
    uint64_t seed;   /* of a composed piece */
    double seconds;  /* its length */
    Mood asked;      /* what the policy asks for in its middle */
    Mood wanted;     /* that, as this listener wants it to sound: for whoever composes or bends */
    ChoiceCost cost; /* and why it was chosen: */
    char reason[CHOICE_REASON];
    char title[QUEUE_TITLE]; /* of a composed piece */
} QueueItem;

typedef struct Queue Queue;

/* Reads the library's songs and what the listener has said. Fails when nothing fits the filters and
 * nothing is to be composed. The library must outlive it; NULL where there is none, and then
 * nothing is kept. */
Queue *queue_open(Library *library, const QueueSettings *settings, Error *error);
void queue_close(Queue *queue);

/* All songs of the library, as they were when the queue was opened. */
const LibrarySongs *queue_songs(const Queue *queue);
const Listener *queue_listener(const Queue *queue);

/* The item's song; of a composed piece what it would be in a library. Its texts last as long as the
 * item and the queue. */
LibrarySong queue_song(const Queue *queue, const QueueItem *item);

/* The mood felt at `now`, which never goes back. True when it has changed steadily: what plays is
 * then to make way for what suits it. */
bool queue_feel(Queue *queue, Mood felt, double now);
/* The mood was chosen, not read: it counts at once. */
void queue_set_mood(Queue *queue, Mood felt, double now);
void queue_set_policy(Queue *queue, MoodPolicy policy, double now);
MoodPolicy queue_policy(const Queue *queue);
/* Other languages from the next song on (NULL for all). Fails, with all as it was, on what is no
 * language and where no song is left. */
int queue_set_languages(Queue *queue, const char *languages, Error *error) MUST_CHECK;

/* The mood that is planned for, and what the policy asks for at `now`. */
Mood queue_felt(const Queue *queue);
Mood queue_asked(const Queue *queue, double now);
/* That, as this listener wants it to sound. */
Mood queue_wanted(const Queue *queue, double now);
/* The same for the mood of this moment, steady or not: for whoever bends what plays. */
Mood queue_wanted_at_once(const Queue *queue, double now);

/* What comes next as things stand: up to QUEUE_AHEAD items, valid until the queue is used again.
 * `from` is when the first of them will begin. */
const QueueItem *queue_plan(Queue *queue, double from, double wall, int *count);

/* The first of the plan plays from now on: `*item` is a copy, the library keeps that it was played.
 * 1, or 0 when there is nothing left to play, or -1. */
int queue_next(Queue *queue, double now, double wall, QueueItem *item, Error *error) MUST_CHECK;

/* An item of the plan, or one from before, plays from now on: queue_next for whoever prepares songs
 * ahead. */
int queue_begin(Queue *queue, const QueueItem *item, double wall, Error *error) MUST_CHECK;

/* Whether two items are the same song or the same piece. */
bool queue_is_same(const QueueItem *a, const QueueItem *b);

/* The song cannot be played, and is not tried again. */
void queue_refuse(Queue *queue, const QueueItem *item);

/* Keeps what the listener says of what was played, learns it, and plans anew. */
int queue_hear(Queue *queue, const QueueItem *item, Verdict verdict, double wall,
               Error *error) MUST_CHECK;

/* Takes the last verdict back; `*undone` is whether there was one. */
int queue_undo(Queue *queue, double wall, bool *undone, Error *error) MUST_CHECK;

#endif
