#include "compose/live/live_controller.h"

#include "compose/live/live_stage.h"
#include "infer/video/capture.h"
#include "nn/base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double message_seconds = 4, advice_seconds = 15, ring_seconds = 2, tempo_step = 1.1;

/* How long looking rests after a frame while the music is short of time: doubled each time, up to
 * the most. */
static const double least_rest = 0.02, most_rest = 0.5;

struct LiveController {
    LiveSession *session;
    LiveStage *stage;
    Capture *capture;
    bool camera, keys, ended, paused, lost;
    VideoFrame frame;
    double speed;             /* of the music, times as written */
    double rest;              /* after a frame, seconds */
    double frames_per_second; /* smoothed, as the next */
    double milliseconds;      /* from having a frame to the emotion */
    double last_frame;        /* when it was taken */
    LiveMusicStatus music;    /* at the last status */
    char message[sizeof(Error)];
    double message_until;
    char advice[sizeof(Error)]; /* at the beginning, beside other messages */
    double advice_until;
};

static void say(LiveController *controller, const char *message) {
    snprintf(controller->message, sizeof controller->message, "%s", message);
    controller->message_until = clock_seconds() + message_seconds;
}

/* ------------------------------------------------------------------ frames */

static double smoothed(double before, double value) {
    const double share = 0.1;
    return before > 0 ? before + share * (value - before) : value;
}

/* Gives the processor to the music while that is written less far ahead than it should be. */
static void let_music_breathe(LiveController *controller) {
    bool scarce = live_stage_status(controller->stage).ahead < LIVE_MUSIC_LEAD / 2;
    if (scarce)
        controller->rest = fmin(fmax(2 * controller->rest, least_rest), most_rest);
    else
        controller->rest = controller->rest > least_rest ? controller->rest / 2 : 0;
    if (controller->rest > 0)
        clock_sleep(controller->rest);
}

static int look(LiveController *controller, Error *error) {
    double taken = clock_seconds();
    if (live_session_look(controller->session, &controller->frame,
                          live_stage_status(controller->stage).now, error) ||
        live_session_log(controller->session, error))
        return -1;
    double done = clock_seconds();
    controller->milliseconds = smoothed(controller->milliseconds, 1000 * (done - taken));
    if (controller->last_frame > 0)
        controller->frames_per_second =
            1 / smoothed(controller->frames_per_second > 0 ? 1 / controller->frames_per_second : 0,
                         fmax(taken - controller->last_frame, 1e-4));
    controller->last_frame = taken;
    let_music_breathe(controller);
    return 0;
}

/* The camera is away: the emotion drifts to neutral meanwhile, unless it is set by hand. */
static int look_away(LiveController *controller, const char *trouble, Error *error) {
    double since = controller->last_frame > 0 ? clock_seconds() - controller->last_frame : 0;
    const char *also = clock_seconds() < controller->advice_until ? controller->advice : "";
    snprintf(controller->message, sizeof controller->message, "%.400s; waiting for it.%s%s%.500s",
             trouble, controller->keys ? " Keys 1 to 7 set the mood by hand meanwhile." : "",
             *also ? " " : "", also);
    controller->message_until = clock_seconds() + message_seconds;
    controller->lost = true;
    live_session_look_away(controller->session, controller->frame.time + since,
                           live_stage_status(controller->stage).now);
    return live_session_log(controller->session, error);
}

int live_controller_step(LiveController *controller, double seconds, Error *error) {
    Error trouble;
    if (live_stage_check(controller->stage, error))
        return -1;
    switch (capture_take(controller->capture, seconds, &controller->frame, &trouble)) {
    case CAPTURE_FRAME:
        controller->lost = false;
        return look(controller, error);
    case CAPTURE_WAITING:
        return 0;
    case CAPTURE_LOST:
        return look_away(controller, trouble.message, error);
    case CAPTURE_FAILED:
        controller->session->unsaved = !controller->session->frames;
        return error_set(error, "%s", trouble.message);
    case CAPTURE_ENDED:
        controller->ended = true;
        return 0;
    }
    return 0;
}

/* ------------------------------------------------------------------ commands */

static void change_tempo(LiveController *controller, double factor) {
    char message[64];
    controller->speed =
        fmin(fmax(controller->speed * factor, LIVE_MUSIC_SLOWEST), LIVE_MUSIC_FASTEST);
    live_music_set_speed(controller->session->music, controller->speed);
    snprintf(message, sizeof message, "tempo: %.2f times as written", controller->speed);
    say(controller, message);
}

static void change_policy(LiveController *controller) {
    LiveMusic *music = controller->session->music;
    live_music_set_policy(music,
                          (MoodPolicy)((live_music_status(music).policy + 1) % MOOD_POLICIES));
}

static void save(LiveController *controller) {
    Error error;
    if (!controller->session->record)
        say(controller, "there is no --record to save");
    else if (live_session_save(controller->session, &error))
        say(controller, error.message);
    else
        say(controller, "saved");
}

static void feel(LiveController *controller, int emotion) {
    live_session_set_mood(controller->session, emotion, live_stage_status(controller->stage).now);
    controller->message_until = 0;
}

void live_controller_do(LiveController *controller, LiveCommand command) {
    switch (command) {
    case LIVE_PAUSE:
        controller->paused = !controller->paused;
        live_stage_pause(controller->stage, controller->paused);
        break;
    case LIVE_MUTE:
        live_session_mute(controller->session, !controller->session->muted);
        break;
    case LIVE_NEXT:
        live_music_skip(controller->session->music);
        break;
    case LIVE_POLICY:
        change_policy(controller);
        break;
    case LIVE_FASTER:
        change_tempo(controller, tempo_step);
        break;
    case LIVE_SLOWER:
        change_tempo(controller, 1 / tempo_step);
        break;
    case LIVE_SAVE:
        save(controller);
        break;
    case LIVE_FOLLOW:
        feel(controller, LIVE_SESSION_FACE);
        break;
    case LIVE_QUIT:
        controller->ended = true;
        break;
    default:
        if (command >= LIVE_FEEL && (int)command < LIVE_FEEL + EMOTION_COUNT)
            feel(controller, (int)command - LIVE_FEEL);
        break;
    }
}

/* ------------------------------------------------------------------ status, start and end */

LiveStatus live_controller_status(LiveController *controller) {
    LiveSession *session = controller->session;
    const WatchedFace *face = watcher_leader(session->watcher);
    LiveStageStatus stage = live_stage_status(controller->stage);
    bool shown = controller->frame.colour.pixels && !controller->lost;
    controller->music = live_music_status(session->music);
    return (LiveStatus){
        .picture = shown ? &controller->frame.colour : NULL,
        .mirrored = controller->camera,
        .face = face ? &face->box : NULL,
        .state = live_session_mood(session),
        .by_hand = session->by_hand,
        .music = &controller->music,
        .seconds = stage.now,
        .frames = controller->frames_per_second,
        .milliseconds = controller->milliseconds,
        .gaps = stage.gaps,
        .paused = controller->paused,
        .muted = session->muted,
        .ended = controller->ended,
        .sound = session->player ? player_name(session->player)
                 : session->port ? midi_port_address(session->port)
                                 : NULL,
        .record = session->record,
        .message = clock_seconds() < controller->message_until ? controller->message : NULL,
    };
}

/* Says where the music goes when it cannot be heard. */
static void advise(LiveController *controller) {
    const LiveSession *session = controller->session;
    if (!session->unheard.message[0])
        return;
    snprintf(controller->advice, sizeof controller->advice,
             "Going on without sound, into %.200s: %.700s", session->record,
             session->unheard.message);
    say(controller, controller->advice);
    controller->advice_until = controller->message_until = clock_seconds() + advice_seconds;
}

LiveController *live_controller_start(LiveSession *session, const LiveControllerSettings *settings,
                                      Error *error) {
    const VideoSettings video = {
        .source = settings->source, .camera = settings->camera, .colour = settings->colour};
    LiveController *controller = calloc(1, sizeof *controller);
    if (!controller) {
        error_memory(error, "a live session", sizeof *controller);
        return NULL;
    }
    *controller = (LiveController){
        .session = session, .camera = settings->camera, .keys = settings->keys, .speed = 1};
    controller->stage = live_stage_start(session, error);
    controller->capture = controller->stage ? capture_start(&video, error) : NULL;
    if (controller->capture) {
        advise(controller);
        return controller;
    }
    double seconds;
    Error also;
    (void)!live_controller_stop(controller, &seconds, &also);
    return NULL;
}

int live_controller_stop(LiveController *controller, double *seconds, Error *error) {
    capture_stop(controller->capture);
    *seconds = controller->stage ? live_stage_status(controller->stage).now : 0;
    double ring = controller->ended ? ring_seconds : 0;
    int status = controller->stage ? live_stage_stop(controller->stage, ring, error) : 0;
    video_frame_free(&controller->frame);
    free(controller);
    return status;
}
