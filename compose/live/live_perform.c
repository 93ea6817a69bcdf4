#include "compose/live/live_perform.h"

#include "compose/live/live_screen.h"
#include "compose/live/live_stage.h"
#include "infer/video/capture.h"
#include "nn/base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double draw_every = 1 / 20.0, line_every = 10, message_seconds = 4, ring_seconds = 2,
                    tempo_step = 1.1;

/* How long looking rests after a frame while the music is short of time: doubled each time, up to
 * the most. */
static const double least_rest = 0.02, most_rest = 0.5;

typedef struct Performance {
    LiveSession *session;
    LiveStage *stage;
    Capture *capture;
    const PerformSettings *settings;
    bool screen, ended, muted, paused, lost;
    VideoFrame frame;
    double speed;           /* of the music, times as written */
    double rest;            /* after a frame, seconds */
    double frames_a_second; /* smoothed, as the next */
    double milliseconds;    /* from having a frame to the emotion */
    double last_frame;      /* when it was taken */
    double next_draw, next_line;
    Emotion told; /* by the last line */
    char message[256];
    double message_until;
} Performance;

static void say(Performance *performance, const char *message) {
    snprintf(performance->message, sizeof performance->message, "%s", message);
    performance->message_until = clock_seconds() + message_seconds;
    if (!performance->screen && !performance->settings->quiet)
        fprintf(stderr, "affekt live: %s\n", message);
}

/* ------------------------------------------------------------------ frames */

static double smoothed(double before, double value) {
    const double share = 0.1;
    return before > 0 ? before + share * (value - before) : value;
}

/* Gives the processor to the music while that is written less far ahead than it should be. */
static void let_music_breathe(Performance *performance) {
    bool scarce = live_stage_status(performance->stage).ahead < LIVE_MUSIC_LEAD / 2;
    if (scarce)
        performance->rest = fmin(fmax(2 * performance->rest, least_rest), most_rest);
    else
        performance->rest = performance->rest > least_rest ? performance->rest / 2 : 0;
    if (performance->rest > 0)
        clock_sleep(performance->rest);
}

static int look(Performance *performance, Error *error) {
    double taken = clock_seconds();
    if (live_session_look(performance->session, &performance->frame,
                          live_stage_status(performance->stage).now, error) ||
        live_session_log(performance->session, error))
        return -1;
    double done = clock_seconds();
    performance->milliseconds = smoothed(performance->milliseconds, 1000 * (done - taken));
    if (performance->last_frame > 0)
        performance->frames_a_second =
            1 / smoothed(performance->frames_a_second > 0 ? 1 / performance->frames_a_second : 0,
                         fmax(taken - performance->last_frame, 1e-4));
    performance->last_frame = taken;
    let_music_breathe(performance);
    return 0;
}

/* The camera is away: the emotion drifts to neutral meanwhile. */
static int look_away(Performance *performance, const char *trouble, Error *error) {
    double since = performance->last_frame > 0 ? clock_seconds() - performance->last_frame : 0;
    char told[sizeof performance->message];
    snprintf(told, sizeof told, "%.180s; waiting for it (--camera names another, --input a video)",
             trouble);
    if (strcmp(performance->message, told) != 0)
        say(performance, told);
    performance->message_until = clock_seconds() + message_seconds;
    performance->lost = true;
    live_session_look_away(performance->session, performance->frame.time + since,
                           live_stage_status(performance->stage).now);
    return live_session_log(performance->session, error);
}

/* Waits a moment for a frame, and looks at it. */
static int take_frame(Performance *performance, Error *error) {
    Error trouble;
    switch (capture_take(performance->capture, draw_every / 2, &performance->frame, &trouble)) {
    case CAPTURE_FRAME:
        performance->lost = false;
        return look(performance, error);
    case CAPTURE_WAITING:
        return 0;
    case CAPTURE_LOST:
        return look_away(performance, trouble.message, error);
    case CAPTURE_FAILED:
        return error_set(error, "%s", trouble.message);
    case CAPTURE_ENDED:
        performance->ended = true;
        return 0;
    }
    return 0;
}

/* ------------------------------------------------------------------ screen */

static LiveView view_of(Performance *performance, LiveMusicStatus *music) {
    LiveSession *session = performance->session;
    const WatchedFace *face = watcher_leader(session->watcher);
    LiveStageStatus stage = live_stage_status(performance->stage);
    bool shown = performance->frame.colour.pixels && !performance->lost;
    *music = live_music_status(session->music);
    return (LiveView){
        .picture = shown ? &performance->frame.colour : NULL,
        .mirrored = performance->settings->camera,
        .face = face ? &face->box : NULL,
        .state = watcher_mood(session->watcher),
        .music = music,
        .seconds = stage.now,
        .frames = performance->frames_a_second,
        .milliseconds = performance->milliseconds,
        .gaps = stage.gaps,
        .paused = performance->paused,
        .muted = performance->muted,
        .sound = session->player ? player_name(session->player) : NULL,
        .record = session->record,
        .message = clock_seconds() < performance->message_until ? performance->message : NULL,
    };
}

static int draw_screen(Performance *performance, Error *error) {
    LiveMusicStatus music;
    LiveView view = view_of(performance, &music);
    TerminalLooks looks = terminal_looks();
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    if (!stream)
        return error_memory(error, "the screen", 0);
    live_screen_draw(stream, &looks, &view);
    int status = fclose(stream) ? error_memory(error, "the screen", size)
                                : terminal_write(bytes, size, error);
    free(bytes);
    return status;
}

static void write_line(Performance *performance) {
    LiveMusicStatus music;
    LiveView view = view_of(performance, &music);
    live_screen_line(stderr, &view);
    fputc('\n', stderr);
    performance->told = view.state->emotion;
    performance->next_line = clock_seconds() + line_every;
}

static int show(Performance *performance, Error *error) {
    double now = clock_seconds();
    if (performance->screen && now >= performance->next_draw) {
        performance->next_draw = now + draw_every;
        return draw_screen(performance, error);
    }
    bool news = watcher_mood(performance->session->watcher)->emotion != performance->told;
    if (!performance->screen && !performance->settings->quiet &&
        (news || now >= performance->next_line))
        write_line(performance);
    return 0;
}

/* ------------------------------------------------------------------ keys */

static void change_tempo(Performance *performance, double factor) {
    char message[64];
    performance->speed =
        fmin(fmax(performance->speed * factor, LIVE_MUSIC_SLOWEST), LIVE_MUSIC_FASTEST);
    live_music_set_speed(performance->session->music, performance->speed);
    snprintf(message, sizeof message, "tempo: %.2f times as written", performance->speed);
    say(performance, message);
}

static void change_policy(Performance *performance) {
    LiveMusic *music = performance->session->music;
    MoodPolicy next = (MoodPolicy)((live_music_status(music).policy + 1) % MOOD_POLICIES);
    live_music_set_policy(music, next);
}

static void save(Performance *performance) {
    Error error;
    if (!performance->session->record)
        say(performance, "there is no --record to save");
    else if (live_session_save(performance->session, &error))
        say(performance, error.message);
    else
        say(performance, "saved");
}

static void press(Performance *performance, int key) {
    switch (key) {
    case 'p':
    case ' ':
        performance->paused = !performance->paused;
        live_stage_pause(performance->stage, performance->paused);
        break;
    case 'm':
        performance->muted = !performance->muted;
        if (performance->session->player)
            player_mute(performance->session->player, performance->muted);
        break;
    case 'o':
        change_policy(performance);
        break;
    case '+':
    case '=':
        change_tempo(performance, tempo_step);
        break;
    case '-':
        change_tempo(performance, 1 / tempo_step);
        break;
    case 'n':
        live_music_skip(performance->session->music);
        break;
    case 's':
        save(performance);
        break;
    case 'q':
        performance->ended = true;
        break;
    default:
        break;
    }
}

/* ------------------------------------------------------------------ all of it */

static int go_on(Performance *performance, const atomic_bool *stop, Error *error) {
    while (!performance->ended && !atomic_load(stop)) {
        if (take_frame(performance, error) || live_stage_check(performance->stage, error) ||
            show(performance, error))
            return -1;
        for (int key; performance->screen && (key = terminal_key()) > 0;)
            press(performance, key);
    }
    return 0;
}

static int start(Performance *performance, Error *error) {
    const VideoSettings video = {.source = performance->settings->source,
                                 .camera = performance->settings->camera,
                                 .colour = performance->screen};
    performance->stage = live_stage_start(performance->session, error);
    performance->capture = performance->stage ? capture_start(&video, error) : NULL;
    if (!performance->capture)
        return -1;
    return performance->screen ? terminal_open(error) : 0;
}

int live_perform(LiveSession *session, const PerformSettings *settings, const atomic_bool *stop,
                 double *seconds, Error *error) {
    Performance performance = {.session = session,
                               .settings = settings,
                               .screen = settings->screen && terminal_is_there(),
                               .speed = 1,
                               .told = EMOTION_COUNT};
    Error at_end;
    int status = start(&performance, error);
    if (!status)
        status = go_on(&performance, stop, error);
    capture_stop(performance.capture);
    *seconds = performance.stage ? live_stage_status(performance.stage).now : 0;
    double ring = performance.ended ? ring_seconds : 0;
    if (performance.stage && live_stage_stop(performance.stage, ring, status ? &at_end : error))
        status = -1;
    if (performance.screen)
        terminal_close();
    video_frame_free(&performance.frame);
    return status;
}
