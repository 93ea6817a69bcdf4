/* live_perform.h: a live session in real time: camera or video, screen and keys.
 *
 * The music has its own threads (compose/live/live_stage.h). Here frames are looked at as fast as
 * they come, the newest always, and the screen is drawn; when the music is written less far ahead
 * than it should be, looking is slowed down first. Where there is no terminal a line is written to
 * standard error whenever the emotion changes, and every ten seconds. */
#ifndef COMPOSE_LIVE_LIVE_PERFORM_H
#define COMPOSE_LIVE_LIVE_PERFORM_H

#include "compose/live/live_session.h"

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
