/* live_stage.h: plays a live session's music in real time.
 *
 * Two threads: one writes the music ahead, one plays what is due, on the stage's own clock, which
 * stops in a pause. If the writer falls behind, the clock waits for it, so that music is late
 * rather than broken up; that counts as a gap. */
#ifndef COMPOSE_LIVE_LIVE_STAGE_H
#define COMPOSE_LIVE_LIVE_STAGE_H

#include "compose/live/live_session.h"

typedef struct LiveStage LiveStage;

/* Writes the beginning and starts the threads. The session must outlive the stage. */
LiveStage *live_stage_start(LiveSession *session, Error *error);

/* Lets sounding notes ring for up to `ring_seconds`, ends the threads, frees the stage, and
 * finishes the session (live_session_finish). */
int live_stage_stop(LiveStage *stage, double ring_seconds, Error *error) MUST_CHECK;

/* 0, or -1 with the message of a thread that has failed. */
int live_stage_check(LiveStage *stage, Error *error) MUST_CHECK;

/* In a pause all keys are released and time stops. */
void live_stage_pause(LiveStage *stage, bool pause);

typedef struct LiveStageStatus {
    double now;   /* seconds of music played */
    double ahead; /* seconds written ahead */
    long gaps;
    bool paused;
} LiveStageStatus;

LiveStageStatus live_stage_status(LiveStage *stage);

#endif
