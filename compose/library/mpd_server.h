/* mpd_server.h: MPD, the Music Player Daemon, which plays our songs: by libmpdclient.
 *
 * MPD plays files by their whole path only for programs that use its own socket, and that may read
 * them; over a network it knows nothing but its music folder. Built without libmpdclient,
 * mpd_server_open fails and names the package. */
#ifndef COMPOSE_LIBRARY_MPD_SERVER_H
#define COMPOSE_LIBRARY_MPD_SERVER_H

#include "compose/library/playlist.h"

typedef struct MpdServer MpdServer;

/* Connects to a socket ("/run/mpd/socket") or to "host" or "host:port" (6600), and waits no more
 * than MPD_SECONDS for any reply. Free with mpd_server_close. */
#define MPD_SECONDS 5
MpdServer *mpd_server_open(const char *address, Error *error);
void mpd_server_close(MpdServer *server);

/* How the queue is played. */
typedef struct MpdModes {
    bool random, repeat, consume;
    int single; /* 0: off; else MPD's number for "on" or "once" */
} MpdModes;

/* What the server does. */
typedef struct MpdStatus {
    bool playing, paused;    /* neither: it has stopped */
    int song;                /* id of the current song, -1 for none */
    int songs;               /* in the queue */
    double elapsed, seconds; /* of it; 0 = unknown */
    int volume;              /* percent, -1 where it has none */
    int crossfade;           /* seconds */
    MpdModes modes;
    char trouble[160]; /* the last song that failed; "" for none */
} MpdStatus;

int mpd_server_status(MpdServer *server, MpdStatus *status, Error *error) MUST_CHECK;

/* Appends a file to the queue, and writes its id. Fails with MPD's reason, which takes nothing from
 * the connection; mpd_server_is_lost tells whether that was lost. */
int mpd_server_add(MpdServer *server, const char *path, int *id, Error *error) MUST_CHECK;
bool mpd_server_is_lost(const MpdServer *server);

/* Removes a song from the queue; one that is not there is fine. */
int mpd_server_remove(MpdServer *server, int id, Error *error) MUST_CHECK;
/* Empties the queue, or of its first songs; the others are played once, in order, with no mode set.
 */
int mpd_server_clear(MpdServer *server, Error *error) MUST_CHECK;
int mpd_server_drop_first(MpdServer *server, int songs, Error *error) MUST_CHECK;
int mpd_server_set_modes(MpdServer *server, MpdModes modes, Error *error) MUST_CHECK;

/* Plays a song from its beginning. */
int mpd_server_play(MpdServer *server, int id, Error *error) MUST_CHECK;
int mpd_server_pause(MpdServer *server, bool pause, Error *error) MUST_CHECK;
int mpd_server_stop(MpdServer *server, Error *error) MUST_CHECK;
/* The current song continues at that second. */
int mpd_server_seek(MpdServer *server, double seconds, Error *error) MUST_CHECK;

/* Percent; does nothing where MPD has no volume. */
int mpd_server_set_volume(MpdServer *server, int volume, Error *error) MUST_CHECK;
/* Seconds by which songs overlap that play to their end. */
int mpd_server_set_crossfade(MpdServer *server, int seconds, Error *error) MUST_CHECK;
/* Forgets MpdStatus.trouble. */
int mpd_server_forget_trouble(MpdServer *server, Error *error) MUST_CHECK;

/* Replaces the queue by the list and plays it, with no mode set: MPD goes on alone, and nobody is
 * there to set them again. Songs that MPD does not take are left out and
 * counted in `*left_out`; fails, leaving the queue as it was, when it takes none. */
int mpd_server_play_list(MpdServer *server, const LibrarySongs *songs, const Playlist *playlist,
                         int *left_out, Error *error) MUST_CHECK;

#endif
