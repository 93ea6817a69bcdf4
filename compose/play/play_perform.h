/* play_perform.h: affekt play in real time: camera, sound, screen, keys, and requests from other
 * programs (compose/play/mpris.h).
 *
 * Without a terminal it writes a line to standard error for each song and each message. */
#ifndef COMPOSE_PLAY_PLAY_PERFORM_H
#define COMPOSE_PLAY_PLAY_PERFORM_H

#include "compose/play/play_session.h"

#include <stdatomic.h>

typedef struct PlayPerformSettings {
    bool screen; /* false: lines, even on a terminal */
    bool quiet;  /* no lines */
    bool remote; /* media keys and desktop widgets may control it */
} PlayPerformSettings;

/* Runs until the video or the settings' seconds end, a key, another program or `*stop` ends it, or
 * something fails; fades the sound out, and completes its file. Writes the seconds played. */
int play_perform(PlaySession *session, const PlayPerformSettings *settings, const atomic_bool *stop,
                 double *seconds, Error *error) MUST_CHECK;

#endif
