#include "compose/play/play_perform.h"

#include "compose/live/terminal.h"
#include "compose/play/mpris.h"
#include "compose/play/play_screen.h"
#include "compose/play/sound_thread.h"
#include "infer/video/capture.h"
#include "nn/base/clock.h"

#include <string.h>

static const double turn = 1 / 40.0, draw_every = 1 / 15.0, message_seconds = 4, fade_seconds = 1.5;

typedef struct Performance {
    PlaySession *session;
    const PlayPerformSettings *settings;
    bool screen;
    SoundOutput *output;
    SoundThread *sound;
    Capture *capture; /* NULL without a source */
    Mpris *mpris;     /* NULL where there is no bus */
    VideoFrame frame;
    double started, last_frame, next_draw;
    bool lost, quit;
    long songs, messages; /* told so far */
    char message[sizeof(Error)];
    double message_until;
    char trouble[sizeof(Error)]; /* the last one of the camera */
} Performance;

static double now_of(const Performance *performance) {
    return clock_seconds() - performance->started;
}

static void say(Performance *performance, const char *message) {
    snprintf(performance->message, sizeof performance->message, "%s", message);
    performance->message_until = clock_seconds() + message_seconds;
    if (!performance->screen && !performance->settings->quiet)
        fprintf(stderr, "affekt play: %s\n", message);
}

/* ------------------------------------------------------------------ looking */

/* On the screen the message stays, elsewhere it is told once. */
static int look_away(Performance *performance, const char *trouble, Error *error) {
    double since = performance->last_frame > 0 ? clock_seconds() - performance->last_frame : 0;
    char message[sizeof(Error)];
    snprintf(message, sizeof message, "%.180s; waiting for it", trouble);
    bool due = performance->screen ? clock_seconds() > performance->message_until
                                   : strcmp(message, performance->trouble) != 0;
    if (!performance->lost || due)
        say(performance, message);
    snprintf(performance->trouble, sizeof performance->trouble, "%s", message);
    performance->lost = true;
    return play_session_look_away(performance->session, performance->frame.time + since,
                                  now_of(performance), error);
}

static int look(Performance *performance, Error *error) {
    Error trouble;
    if (!performance->capture) {
        clock_sleep(turn);
        return 0;
    }
    switch (capture_take(performance->capture, turn, &performance->frame, &trouble)) {
    case CAPTURE_FRAME:
        performance->lost = false;
        performance->last_frame = clock_seconds();
        return play_session_look(performance->session, &performance->frame, now_of(performance),
                                 error);
    case CAPTURE_WAITING:
        return 0;
    case CAPTURE_LOST:
        return look_away(performance, trouble.message, error);
    case CAPTURE_FAILED:
        return error_set(error, "%s", trouble.message);
    case CAPTURE_ENDED:
        performance->quit = true;
        return 0;
    }
    return 0;
}

/* ------------------------------------------------------------------ showing */

static PlayView view_of(Performance *performance) {
    PlaySession *session = performance->session;
    const PlaySettings *settings = session->settings;
    double now = now_of(performance);
    const WatchedFace *face = session->watcher ? watcher_leader(session->watcher) : NULL;
    bool shown = performance->frame.colour.pixels && !performance->lost;
    return (PlayView){.jukebox = jukebox_status(session->jukebox, now, session->wall + now),
                      .songs = jukebox_songs(session->jukebox),
                      .camera = settings->source != NULL,
                      .picture = {.image = shown ? &performance->frame.colour : NULL,
                                  .mirrored = settings->camera,
                                  .face = face ? &face->box : NULL},
                      .seconds = now,
                      .sound = settings->jukebox.mpd ? settings->jukebox.mpd
                                                     : sound_output_name(performance->output),
                      .record = settings->jukebox.record,
                      .gaps = sound_output_gaps(performance->output),
                      .message = clock_seconds() < performance->message_until ? performance->message
                                                                              : NULL};
}

static void draw(FILE *stream, const TerminalLooks *looks, void *view) {
    play_screen_draw(stream, looks, view);
}

static int show(Performance *performance, Error *error) {
    PlayView view = view_of(performance);
    if (view.jukebox.messages != performance->messages)
        say(performance, view.jukebox.message);
    performance->messages = view.jukebox.messages;
    if (performance->mpris)
        mpris_show(performance->mpris, &view.jukebox);
    if (!performance->screen && !performance->settings->quiet &&
        view.jukebox.played != performance->songs) {
        play_screen_line(stderr, &view);
        fputc('\n', stderr);
    }
    performance->songs = view.jukebox.played;
    if (!performance->screen || clock_seconds() < performance->next_draw)
        return 0;
    performance->next_draw = clock_seconds() + draw_every;
    return terminal_draw(draw, &view, error);
}

/* ------------------------------------------------------------------ running */

static int obey(Performance *performance, int command, Error *error) {
    if (command == PLAY_SCREEN_QUIT || command == MPRIS_QUIT)
        performance->quit = true;
    else if (command == MPRIS_VOLUME)
        return jukebox_set_volume(performance->session->jukebox, mpris_volume(performance->mpris),
                                  error);
    else if (command == MPRIS_SEEK)
        return jukebox_seek(performance->session->jukebox, mpris_position(performance->mpris),
                            error);
    else if (command >= 0)
        return play_session_do(performance->session, command, now_of(performance), error);
    return 0;
}

static int listen(Performance *performance, Error *error) {
    for (int key; performance->screen && (key = terminal_key()) > 0;)
        if (obey(performance, play_screen_command(key), error))
            return -1;
    for (int command; performance->mpris && (command = mpris_next(performance->mpris)) >= 0;)
        if (obey(performance, command, error))
            return -1;
    return 0;
}

static int go_on(Performance *performance, const atomic_bool *stop, Error *error) {
    double limit = performance->session->settings->seconds;
    while (!performance->quit && !atomic_load(stop) &&
           (limit <= 0 || now_of(performance) < limit)) {
        /* The session's clock stands while the machine is suspended. */
        performance->session->wall = clock_calendar() - now_of(performance);
        if (look(performance, error) ||
            play_session_step(performance->session, now_of(performance), error) ||
            sound_thread_check(performance->sound, error) || show(performance, error) ||
            listen(performance, error))
            return -1;
    }
    return 0;
}

static void read_jukebox(void *jukebox, float *samples, int frames) {
    jukebox_read(jukebox, samples, frames);
}

static int start(Performance *performance, Error *error) {
    PlaySession *session = performance->session;
    const PlaySettings *settings = session->settings;
    Error missing;
    performance->output = sound_output_open(&settings->sound, error);
    if (!performance->output)
        return -1;
    performance->started = clock_seconds();
    const VideoSettings video = {
        .source = settings->source, .camera = settings->camera, .colour = performance->screen};
    if (settings->source && !(performance->capture = capture_start(&video, error)))
        return -1;
    if (performance->settings->remote)
        performance->mpris = mpris_open(&missing);
    performance->sound =
        sound_thread_start(read_jukebox, session->jukebox, performance->output, error);
    return performance->sound ? 0 : -1;
}

/* What sounds fades, for as long as there is anyone who hears it. */
static int fade_out(Performance *performance, Error *error) {
    Jukebox *jukebox = performance->session->jukebox;
    int status = jukebox_end(jukebox, fade_seconds, now_of(performance), error);
    double until = clock_seconds() + fade_seconds;
    while (clock_seconds() < until && !jukebox_is_silent(jukebox))
        clock_sleep(turn);
    return status;
}

int play_perform(PlaySession *session, const PlayPerformSettings *settings, const atomic_bool *stop,
                 double *seconds, Error *error) {
    Performance performance = {.session = session,
                               .settings = settings,
                               .screen = settings->screen && terminal_is_there()};
    int status = start(&performance, error);
    if (!status && performance.screen)
        status = terminal_open(error);
    if (!status)
        status = go_on(&performance, stop, error);
    *seconds = performance.started > 0 ? now_of(&performance) : 0;
    if (performance.screen)
        terminal_close();
    if (performance.sound && !status)
        status = fade_out(&performance, error);
    sound_thread_stop(performance.sound);
    if (!status)
        status = sound_output_finish(performance.output, error);
    sound_output_close(performance.output);
    capture_stop(performance.capture);
    mpris_close(performance.mpris);
    video_frame_free(&performance.frame);
    return status;
}
