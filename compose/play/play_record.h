/* play_record.h: a log of felt moods, songs and feedback, one row per event, written as it happens.
 *
 * As CSV (a name that ends in .csv), or as JSON, one object per line:
 *
 *     {"time": 12.4, "event": "play", "valence": 0.71, "arousal": 0.62, "wanted_valence": 1,
 *      "wanted_arousal": 0.8, "song": "/music/a.mid", "title": "A", "artist": "B",
 *      "detail": "valence +0.7 and arousal +0.6 by its folder"}
 *
 * `event` is "felt" (the face's or the chosen emotion, with its valence and arousal), "play" (with
 * the song's), "end", "said" or "set"; `detail` is why a song was chosen, how it ended, and what
 * was said or set; `wanted` is the mood the music should have. Values that an event lacks are
 * omitted, or empty. */
#ifndef COMPOSE_PLAY_PLAY_RECORD_H
#define COMPOSE_PLAY_PLAY_RECORD_H

#include "compose/library/library.h"
#include "compose/write/mood.h"

typedef struct PlayEvent {
    double time; /* seconds */
    const char *what;
    const char *emotion;     /* or NULL */
    float valence, arousal;  /* NAN = none */
    Mood wanted;             /* its valence NAN = none */
    const LibrarySong *song; /* or NULL */
    const char *detail;      /* or NULL */
} PlayEvent;

typedef struct PlayRecord PlayRecord;

/* Opens the file, "-" for JSON on standard output. */
PlayRecord *play_record_open(const char *path, Error *error);

int play_record_add(PlayRecord *record, const PlayEvent *event, Error *error) MUST_CHECK;

/* Closes and frees it (NULL is fine). */
int play_record_close(PlayRecord *record, Error *error) MUST_CHECK;

#endif
