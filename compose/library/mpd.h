/* mpd.h: a client of MPD, the Music Player Daemon (protocol:
 * mpd.readthedocs.io/en/stable/protocol.html).
 *
 * MPD accepts absolute paths only from clients on its Unix socket whose user may read the file;
 * clients on the network can only play what is in MPD's own music directory. */
#ifndef COMPOSE_LIBRARY_MPD_H
#define COMPOSE_LIBRARY_MPD_H

#include "compose/library/playlist.h"

typedef struct Mpd Mpd;

/* Connects to a socket ("/run/mpd/socket"), "host" or "host:port" (default 6600). Waits at most
 * MPD_SECONDS for each answer. Close with mpd_close. */
#define MPD_SECONDS 5
Mpd *mpd_open(const char *address, Error *error);
void mpd_close(Mpd *mpd);

/* Sends a command with its arguments, terminated by NULL. On failure the error holds MPD's message;
 * the data of a successful answer is discarded. */
int mpd_send(Mpd *mpd, const char *const words[], Error *error) MUST_CHECK;

/* Replaces MPD's queue by the playlist and starts playback. Songs that MPD rejects are skipped and
 * counted in `*left_out`; fails when it rejects all of them. */
int mpd_play(Mpd *mpd, const LibrarySongs *songs, const Playlist *playlist, int *left_out,
             Error *error) MUST_CHECK;

#endif
