/* play_replay.h: affekt play over a recorded video, or for a mood set by hand, as fast as the
 * machine can.
 *
 * The clock is the video's, or else advances in steps: the same video, library, models and settings
 * give the same songs, the same record and the same sound. Nothing is stored in the library. */
#ifndef COMPOSE_PLAY_PLAY_REPLAY_H
#define COMPOSE_PLAY_PLAY_REPLAY_H

#include "compose/play/play_session.h"

#include <stdatomic.h>

/* Runs to the video's end or for the settings' seconds, one of which is required, fades the sound
 * out, and saves; writes the seconds played. `*stop` (may be NULL) ends it early as if it ended
 * there. */
int play_replay(PlaySession *session, const atomic_bool *stop, double *seconds,
                Error *error) MUST_CHECK;

#endif
