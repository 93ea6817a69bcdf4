/* play_replay.h: affekt play over a recorded video, or for a mood set by hand, as fast as the
 * machine can.
 *
 * The clock is the video's, or else goes on in steps: the same video, library, models and settings
 * give the same songs, the same record and the same sound. The library keeps nothing of it. */
#ifndef COMPOSE_PLAY_PLAY_REPLAY_H
#define COMPOSE_PLAY_PLAY_REPLAY_H

#include "compose/play/play_session.h"

#include <stdatomic.h>

/* Runs to the video's end or for the settings' seconds, of which one is needed, lets the sound
 * fade, and saves; writes the seconds that were played. `*stop` (may be NULL) ends it early as if
 * it ended there. */
int play_replay(PlaySession *session, const atomic_bool *stop, double *seconds,
                Error *error) MUST_CHECK;

#endif
