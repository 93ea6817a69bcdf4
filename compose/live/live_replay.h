/* live_replay.h: a live session over a recorded video, as fast as the machine can.
 *
 * The clock is the video's, less its holes (video_hole): the same video, models and settings give
 * the same log and the same recording each time, for any number of threads. */
#ifndef COMPOSE_LIVE_LIVE_REPLAY_H
#define COMPOSE_LIVE_LIVE_REPLAY_H

#include "compose/live/live_session.h"

#include <stdatomic.h>

/* Runs to the video's end, lets the last notes ring for up to 2 seconds, and saves; writes the
 * length in seconds. `*stop` (may be NULL) ends it early as if the video ended there. */
int live_replay(LiveSession *session, const char *video, const atomic_bool *stop, double *seconds,
                Error *error) MUST_CHECK;

#endif
