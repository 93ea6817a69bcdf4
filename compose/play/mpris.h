/* mpris.h: media keys and desktop widgets, by D-Bus: the MPRIS 2.2 interfaces
 * (specifications.freedesktop.org/mpris-spec) on the session's bus.
 *
 *     Mpris *mpris = mpris_open(&error);
 *     mpris_show(mpris, &status);                    what plays, whenever it may have changed
 *     while ((command = mpris_next(mpris)) >= 0)     requests from other programs
 *         …
 *
 * Programs on the bus belong to this user. They can pause and resume, skip, go back, seek, set the
 * volume and quit, and see title, artist, album, length and the file's URL, but nothing from the
 * camera. Built without libsystemd, mpris_open fails and names the package. Used by one thread. */
#ifndef COMPOSE_PLAY_MPRIS_H
#define COMPOSE_PLAY_MPRIS_H

#include "compose/play/jukebox.h"

typedef struct Mpris Mpris;

/* NULL where there is no bus. Free with mpris_close. */
Mpris *mpris_open(Error *error);
void mpris_close(Mpris *mpris);

/* The name on the bus: "org.mpris.MediaPlayer2.affekt", with the process id appended if another
 * player has that. */
const char *mpris_name(const Mpris *mpris);

void mpris_show(Mpris *mpris, const JukeboxStatus *status);

/* A JukeboxCommand, or one of these, or -1 when there is no request. Never waits. */
enum { MPRIS_QUIT = 2000, MPRIS_VOLUME, MPRIS_SEEK };
int mpris_next(Mpris *mpris);
/* The volume requested by MPRIS_VOLUME, 0 … 1. */
double mpris_volume(const Mpris *mpris);
/* The second of the song requested by MPRIS_SEEK. */
double mpris_position(const Mpris *mpris);

#endif
