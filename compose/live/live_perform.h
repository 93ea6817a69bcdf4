/* live_perform.h: a live session on a terminal: screen and keys.
 *
 * A view of compose/live/live_controller.h. Without a terminal it writes a line to standard error
 * whenever the emotion changes, and every ten seconds. */
#ifndef COMPOSE_LIVE_LIVE_PERFORM_H
#define COMPOSE_LIVE_LIVE_PERFORM_H

#include "compose/live/live_controller.h"

#include <stdatomic.h>

typedef struct PerformSettings {
    const char *source; /* as in VideoSettings */
    bool camera;
    bool screen; /* false: lines, even on a terminal */
    bool quiet;  /* no lines */
} PerformSettings;

/* Runs until the video ends, a key or `*stop` ends it, or something fails; saves the recording in
 * any case. Writes the seconds played. */
int live_perform(LiveSession *session, const PerformSettings *settings, const atomic_bool *stop,
                 double *seconds, Error *error) MUST_CHECK;

#endif
