/* live_perform.h: a live session on a terminal: screen and keys.
 *
 * A view of compose/live/live_controller.h. Where there is no terminal a line is written to
 * standard error whenever the emotion changes, and every ten seconds. */
#ifndef COMPOSE_LIVE_LIVE_PERFORM_H
#define COMPOSE_LIVE_LIVE_PERFORM_H

#include "compose/live/live_controller.h"

#include <stdatomic.h>

typedef struct PerformSettings {
    const char *source; /* as VideoSettings has it */
    bool camera;
    bool screen; /* false: lines, even where there is a terminal */
    bool quiet;  /* no lines */
} PerformSettings;

/* Runs until the video ends, a key or `*stop` says so, or something fails; saves the record in any
 * case. Writes the seconds that were played. */
int live_perform(LiveSession *session, const PerformSettings *settings, const atomic_bool *stop,
                 double *seconds, Error *error) MUST_CHECK;

#endif
