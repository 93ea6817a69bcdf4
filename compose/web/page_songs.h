/* page_songs.h: the library songs that one page plays, using compose/library/queue.h.
 *
 * The browser plays them; this decides which one plays now and what comes next. A song ends when
 * the page reports it, when the listener wants another one, or when it makes way after a change of
 * mood; a composed piece, after its time. Everything may be called from any thread; `now` is
 * seconds of the session. */
#ifndef COMPOSE_WEB_PAGE_SONGS_H
#define COMPOSE_WEB_PAGE_SONGS_H

#include "compose/library/queue.h"
#include "compose/web/gate.h"

#include <jansson.h>

enum { PAGE_SONGS_LANGUAGES = 64, PAGE_SONGS_GENRE = 96, PAGE_SONGS_PATH = 4096 };

typedef struct PageSongsWish {
    QueueSource source;
    char languages[PAGE_SONGS_LANGUAGES]; /* separated by commas, "" = all */
    bool strict;                          /* with languages: no songs of unknown language */
    char genre[PAGE_SONGS_GENRE];         /* "" = all */
} PageSongsWish;

/* "songs", "compose", "mix" */
extern const char *const page_songs_sources[QUEUE_SOURCES];

typedef struct PageSongs PageSongs;

/* Opens the library's file. Nothing plays until a source other than QUEUE_COMPOSE is chosen. Free
 * with page_songs_close (NULL is fine). */
PageSongs *page_songs_open(const char *library, uint64_t seed, Error *error);
void page_songs_close(PageSongs *songs);

/* Changes the choice from now on: the current song makes way. Fails, changing nothing, where no
 * song is left. */
int page_songs_wish(PageSongs *songs, const PageSongsWish *wish, double now,
                    Error *error) MUST_CHECK;
PageSongsWish page_songs_wished(PageSongs *songs);
int page_songs_set_policy(PageSongs *songs, MoodPolicy policy, double now, Error *error) MUST_CHECK;

/* Call it several times per second with the felt mood, set by hand or from the face. Makes a song
 * make way after a steady change, and a composed piece after its time; the library records a song
 * that has been heard for some seconds. Does nothing while another thread uses the library.
 * `playing` is false in a pause, in which nothing changes. */
void page_songs_feel(PageSongs *songs, Mood felt, bool by_hand, bool playing, double now);

/* How moods should sound to the listener, as learnt so far. False, leaving `*taste` as it is, while
 * another thread uses the library. */
bool page_songs_taste(PageSongs *songs, MoodTaste *taste);

/* Whether a piece should be composed now, according to the source or the queue. */
bool page_songs_composes(PageSongs *songs);

/* ---- what the listener, or the page, says ---- */

/* Where the library cannot record what these say (disk full, file locked), they fail, but the next
 * song begins all the same. */

/* Plays another one; skipping a song in its first half minute counts as mild dislike. */
int page_songs_next(PageSongs *songs, double now, Error *error) MUST_CHECK;
/* The song with this id has come to its end, or (`failed`) cannot be played; after many of those in
 * a row none plays. Does nothing when it is not the current song. */
int page_songs_ended(PageSongs *songs, const char *id, bool failed, double now,
                     Error *error) MUST_CHECK;
/* Nothing plays from now on, and replies tell why, until the choice changes. */
void page_songs_stop(PageSongs *songs, const char *because);
/* Feedback on the current song; fails while nothing plays. */
int page_songs_say(PageSongs *songs, Verdict verdict, Error *error) MUST_CHECK;
/* Takes back the last feedback; fails where there is none. */
int page_songs_undo(PageSongs *songs, Error *error) MUST_CHECK;

/* ---- for replies ---- */

/* The path of the song with this id, if it is playing or played before. False for all others. */
bool page_songs_find(PageSongs *songs, const char *id, char path[PAGE_SONGS_PATH],
                     MoodSource *kind);

/* The song that plays, for players on this computer; false where none does, or a composed piece. */
typedef struct PageSongsTurn {
    char id[GATE_TOKEN + 1], path[PAGE_SONGS_PATH];
    MoodSource kind;
    float gain, loudness; /* as LibrarySong has them */
    double seconds;
} PageSongsTurn;

bool page_songs_turn(PageSongs *songs, PageSongsTurn *turn);

/* What plays and comes next; and the available choices, with counts. */
json_t *page_songs_json(PageSongs *songs, double now);
json_t *page_songs_choices(PageSongs *songs);

#endif
