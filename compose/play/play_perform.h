/* play_perform.h: affekt play in real time: camera, sound, screen, keys, and what other programs
 * ask for (compose/play/mpris.h).
 *
 * Where there is no terminal a line is written to standard error for each song and each message. */
#ifndef COMPOSE_PLAY_PLAY_PERFORM_H
#define COMPOSE_PLAY_PLAY_PERFORM_H

#include "compose/play/play_session.h"

#include <stdatomic.h>

typedef struct PlayPerformSettings {
    bool screen; /* false: lines, even where there is a terminal */
    bool quiet;  /* no lines */
    bool remote; /* media keys and desktop widgets may control it */
} PlayPerformSettings;

/* Runs until the video or the settings' seconds are over, a key, another program or `*stop` says
 * so, or something fails; lets the sound fade, and completes its file. Writes the seconds. */
int play_perform(PlaySession *session, const PlayPerformSettings *settings, const atomic_bool *stop,
                 double *seconds, Error *error) MUST_CHECK;

#endif
