/* mpd.h: hands songs to MPD, the Music Player Daemon, which then plays them (its protocol:
 * mpd.readthedocs.io/en/stable/protocol.html).
 *
 * MPD plays files by their whole path only for programs that use its own socket, and that may read
 * them; over a network it knows nothing but its music folder. */
#ifndef COMPOSE_LIBRARY_MPD_H
#define COMPOSE_LIBRARY_MPD_H

#include "compose/library/playlist.h"

typedef struct Mpd Mpd;

/* Connects to a socket ("/run/mpd/socket") or to "host" or "host:port" (6600), and waits no more
 * than MPD_SECONDS for any answer. Free with mpd_close. */
#define MPD_SECONDS 5
Mpd *mpd_open(const char *address, Error *error);
void mpd_close(Mpd *mpd);

/* Sends a command with its arguments (NULL after the last). Fails with what MPD says of it; what it
 * answers else is passed over. */
int mpd_send(Mpd *mpd, const char *const words[], Error *error) MUST_CHECK;

/* Replaces MPD's queue by the list and plays it. Songs that MPD does not take are left out and
 * counted in `*left_out`; fails when it takes none. */
int mpd_play(Mpd *mpd, const LibrarySongs *songs, const Playlist *playlist, int *left_out,
             Error *error) MUST_CHECK;

#endif
