#include "compose/live/live_stage.h"

#include "nn/base/clock.h"
#include "nn/base/threads.h"

#include <math.h>
#include <stdlib.h>

/* Between looks at the clock: finer than ears tell rhythm apart; a fraction of the lead. */
static const double play_every = 0.002, write_every = 0.02;

struct LiveStage {
    LiveSession *session;
    pthread_t writer, player;
    pthread_mutex_t lock; /* guards what follows */
    bool stop_writing, stop_playing, paused, waiting;
    double origin; /* of the clock, in clock_seconds; moves on in pauses */
    double now;
    long gaps;
    bool failed;
    Error error;
};

static bool is_set(LiveStage *stage, const bool *flag) {
    pthread_mutex_lock(&stage->lock);
    bool set = *flag;
    pthread_mutex_unlock(&stage->lock);
    return set;
}

static void set(LiveStage *stage, bool *flag, bool value) {
    pthread_mutex_lock(&stage->lock);
    *flag = value;
    pthread_mutex_unlock(&stage->lock);
}

static void fail(LiveStage *stage, const Error *error) {
    pthread_mutex_lock(&stage->lock);
    if (!stage->failed)
        stage->error = *error;
    stage->failed = true;
    pthread_mutex_unlock(&stage->lock);
}

/* ------------------------------------------------------------------ the threads */

/* Moves the clock on, but not in a pause, and no further than the music is written. */
static double tick(LiveStage *stage) {
    double written = live_music_status(stage->session->music).written;
    pthread_mutex_lock(&stage->lock);
    double wanted = clock_seconds() - stage->origin, limit = stage->now;
    if (!stage->paused)
        limit = stage->stop_writing ? INFINITY : written;
    bool waiting = wanted > limit;
    stage->gaps += waiting && !stage->waiting && !stage->paused;
    stage->waiting = waiting;
    stage->now = fmin(wanted, limit);
    stage->origin += wanted - stage->now;
    double now = stage->now;
    pthread_mutex_unlock(&stage->lock);
    return now;
}

static void *play(void *user) {
    LiveStage *stage = user;
    Error error;
    while (!is_set(stage, &stage->stop_playing)) {
        if (live_session_play(stage->session, tick(stage), &error)) {
            fail(stage, &error);
            break;
        }
        clock_sleep(play_every);
    }
    return NULL;
}

static void *write_ahead(void *user) {
    LiveStage *stage = user;
    Error error;
    threads_use(1); /* the others are for looking */
    while (!is_set(stage, &stage->stop_writing)) {
        if (live_music_write(stage->session->music, live_stage_status(stage).now, &error)) {
            fail(stage, &error);
            break;
        }
        clock_sleep(write_every);
    }
    return NULL;
}

/* ------------------------------------------------------------------ from outside */

static int start_threads(LiveStage *stage, Error *error) {
    if (pthread_create(&stage->writer, NULL, write_ahead, stage))
        return error_set(error, "cannot start a thread for the music");
    if (!pthread_create(&stage->player, NULL, play, stage))
        return 0;
    set(stage, &stage->stop_writing, true);
    pthread_join(stage->writer, NULL);
    return error_set(error, "cannot start a thread for the music");
}

LiveStage *live_stage_start(LiveSession *session, Error *error) {
    LiveStage *stage = calloc(1, sizeof *stage);
    if (!stage) {
        error_memory(error, "the stage", sizeof *stage);
        return NULL;
    }
    stage->session = session;
    pthread_mutex_init(&stage->lock, NULL);
    if (!live_music_write(session->music, 0, error)) {
        stage->origin = clock_seconds();
        if (!start_threads(stage, error))
            return stage;
    }
    pthread_mutex_destroy(&stage->lock);
    free(stage);
    return NULL;
}

int live_stage_stop(LiveStage *stage, double ring_seconds, Error *error) {
    LiveSession *session = stage->session;
    set(stage, &stage->stop_writing, true);
    pthread_join(stage->writer, NULL);
    LiveStageStatus status = live_stage_status(stage);
    double end = status.now + (status.paused ? 0 : ring_seconds);
    live_music_stop(session->music, end);
    while (live_stage_status(stage).now < end && live_music_status(session->music).sounding &&
           !is_set(stage, &stage->failed))
        clock_sleep(write_every);
    set(stage, &stage->stop_playing, true);
    pthread_join(stage->player, NULL);
    int failed = live_stage_check(stage, error);
    pthread_mutex_destroy(&stage->lock);
    free(stage);
    Error also;
    return live_session_finish(session, end, 0, failed ? &also : error) || failed ? -1 : 0;
}

int live_stage_check(LiveStage *stage, Error *error) {
    pthread_mutex_lock(&stage->lock);
    bool failed = stage->failed;
    if (failed && error)
        *error = stage->error;
    pthread_mutex_unlock(&stage->lock);
    return failed ? -1 : 0;
}

void live_stage_pause(LiveStage *stage, bool pause) {
    pthread_mutex_lock(&stage->lock);
    stage->paused = pause;
    double now = stage->now;
    pthread_mutex_unlock(&stage->lock);
    if (pause)
        live_music_damp(stage->session->music, now);
}

LiveStageStatus live_stage_status(LiveStage *stage) {
    double written = live_music_status(stage->session->music).written;
    pthread_mutex_lock(&stage->lock);
    LiveStageStatus status = {.now = stage->now,
                              .ahead = written - stage->now,
                              .gaps = stage->gaps,
                              .paused = stage->paused};
    pthread_mutex_unlock(&stage->lock);
    return status;
}
