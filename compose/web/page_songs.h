/* page_songs.h: which songs of the library one page plays, after compose/library/queue.h.
 *
 * The browser plays them; what is here says which one plays now and what comes next. A song ends
 * when the page says so, when the listener wants another one, or when it makes way for a mood that
 * has changed; a piece that is composed, after its time. Everything may be called from any thread;
 * `now` is seconds of the session. */
#ifndef COMPOSE_WEB_PAGE_SONGS_H
#define COMPOSE_WEB_PAGE_SONGS_H

#include "compose/library/queue.h"
#include "compose/web/gate.h"

#include <jansson.h>

enum { PAGE_SONGS_LANGUAGES = 64, PAGE_SONGS_GENRE = 96, PAGE_SONGS_PATH = 4096 };

typedef struct PageSongsWish {
    QueueSource source;
    char languages[PAGE_SONGS_LANGUAGES]; /* with commas between, "" = all */
    char genre[PAGE_SONGS_GENRE];         /* "" = all */
} PageSongsWish;

/* "songs", "compose", "mix" */
extern const char *const page_songs_sources[QUEUE_SOURCES];

typedef struct PageSongs PageSongs;

/* Opens the library's file. Nothing plays until something else than QUEUE_COMPOSE is wished. Free
 * with page_songs_close (NULL is fine). */
PageSongs *page_songs_open(const char *library, uint64_t seed, Error *error);
void page_songs_close(PageSongs *songs);

/* Another choice from now on: what plays makes way. Fails, with all as it was, where no song is
 * left. */
int page_songs_wish(PageSongs *songs, const PageSongsWish *wish, double now,
                    Error *error) MUST_CHECK;
PageSongsWish page_songs_wished(PageSongs *songs);
int page_songs_set_policy(PageSongs *songs, MoodPolicy policy, double now, Error *error) MUST_CHECK;

/* To be called several times a second with the mood that is felt, by hand or by the face. Lets a
 * song make way after a steady change, and what is composed after its time. Never waits for what
 * another thread does with the library. `playing` is false in a pause. */
void page_songs_feel(PageSongs *songs, Mood felt, bool by_hand, bool playing, double now);

/* Whether a piece is to be composed now: the source says so, or the queue. */
bool page_songs_composes(PageSongs *songs);

/* ---- what the listener, or the page, says ---- */

/* Another one; what is left in its first half minute was not liked much. */
int page_songs_next(PageSongs *songs, double now, Error *error) MUST_CHECK;
/* The song with this id was heard to its end, or (`failed`) cannot be played. Does nothing when it
 * is not what plays. */
int page_songs_ended(PageSongs *songs, const char *id, bool failed, double now,
                     Error *error) MUST_CHECK;
/* On what plays; nothing is to be said while nothing plays. */
int page_songs_say(PageSongs *songs, Verdict verdict, Error *error) MUST_CHECK;
int page_songs_undo(PageSongs *songs, Error *error) MUST_CHECK;

/* ---- for replies ---- */

/* Where the song of this id lies: of what plays or played before it. False for all others. */
bool page_songs_find(PageSongs *songs, const char *id, char path[PAGE_SONGS_PATH],
                     MoodSource *kind);

/* What plays and comes next; and what there is to choose from, with counts. */
json_t *page_songs_json(PageSongs *songs, double now);
json_t *page_songs_choices(PageSongs *songs);

#endif
