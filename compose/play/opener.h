/* opener.h: opens or composes the next song while another one plays. */
#ifndef COMPOSE_PLAY_OPENER_H
#define COMPOSE_PLAY_OPENER_H

#include "compose/library/queue.h"
#include "compose/play/composing.h"
#include "compose/play/track.h"

typedef struct OpenerSettings {
    TrackSettings track;
    ComposingSettings composing;
    bool background;    /* on a separate thread, else within opener_ask */
    const char *folder; /* where notes are rendered into files, for players that take nothing else;
                           NULL: songs are opened as tracks */
} OpenerSettings;

/* What has been opened: a track, or a file. */
typedef struct OpenedSong {
    Track *track;
    char path[4096];
    bool temporary; /* the file was rendered, and is to be removed after use */
} OpenedSong;

typedef struct Opener Opener;

Opener *opener_create(const OpenerSettings *settings, Error *error);
/* Waits for what is being opened. */
void opener_destroy(Opener *opener);

/* Begins to open an item, whose song (queue_song) must stay; `bent` as in TrackSettings. Only while
 * nothing else is being opened (opener_is_idle). */
void opener_ask(Opener *opener, const QueueItem *item, const LibrarySong *song, Mood bent);
bool opener_is_idle(Opener *opener);

/* What has been opened: 1 with the song, now the caller's; 0 while there is none; -1 when it could
 * not be opened. `*item` is the requested item. */
int opener_take(Opener *opener, QueueItem *item, OpenedSong *song, Error *error) MUST_CHECK;

#endif
