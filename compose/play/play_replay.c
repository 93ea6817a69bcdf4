#include "compose/play/play_replay.h"

#include <math.h>

enum { CHUNK = 1024 };

static const double fade_seconds = 2, step_seconds = 0.1;

typedef struct Replay {
    PlaySession *session;
    SoundOutput *output;
    const atomic_bool *stop;
    double played; /* seconds */
} Replay;

static bool is_over(const Replay *replay) {
    double limit = replay->session->settings->seconds;
    return (replay->stop && atomic_load(replay->stop)) || (limit > 0 && replay->played >= limit);
}

static int play_until(Replay *replay, double until, Error *error) {
    float samples[CHUNK * SOUND_CHANNELS];
    double limit = replay->session->settings->seconds;
    if (limit > 0)
        until = fmin(until, limit);
    while (replay->played < until) {
        int frames = (int)fmin(ceil((until - replay->played) * SOUND_RATE), CHUNK);
        jukebox_read(replay->session->jukebox, samples, frames);
        if (sound_output_write(replay->output, samples, frames, error))
            return -1;
        replay->played += (double)frames / SOUND_RATE;
    }
    return 0;
}

/* A frame may stand for a long time: what is to be done meanwhile is done in steps. */
static int play_on(Replay *replay, double until, Error *error) {
    while (replay->played < until && !is_over(replay))
        if (play_session_step(replay->session, replay->played, error) ||
            play_until(replay, fmin(until, replay->played + step_seconds), error))
            return -1;
    return 0;
}

static int play_video(Replay *replay, Error *error) {
    PlaySession *session = replay->session;
    Video *video = video_open(
        &(VideoSettings){.source = session->settings->source, .stop = replay->stop}, error);
    VideoFrame frame = {0};
    int status = video ? 1 : -1;
    double before = 0, holes = 0;
    while (status > 0 && !is_over(replay)) {
        status = video_next(video, &frame, error);
        if (status > 0) {
            holes += video_hole(before, frame.time);
            before = frame.time;
            frame.time -= holes;
        }
        if (status > 0 && (play_on(replay, frame.time, error) ||
                           play_session_look(session, &frame, frame.time, error)))
            status = -1;
    }
    video_frame_free(&frame);
    video_close(video);
    if (replay->stop && atomic_load(replay->stop))
        return 0;
    return status < 0 ? -1 : 0;
}

static int play_out(Replay *replay, Error *error) {
    float samples[CHUNK * SOUND_CHANNELS];
    if (jukebox_end(replay->session->jukebox, fade_seconds, replay->played, error))
        return -1;
    for (double rest = fade_seconds + 1; rest > 0 && !jukebox_is_silent(replay->session->jukebox);
         rest -= (double)CHUNK / SOUND_RATE) {
        jukebox_read(replay->session->jukebox, samples, CHUNK);
        if (sound_output_write(replay->output, samples, CHUNK, error))
            return -1;
    }
    return sound_output_finish(replay->output, error);
}

int play_replay(PlaySession *session, const atomic_bool *stop, double *seconds, Error *error) {
    const PlaySettings *settings = session->settings;
    Replay replay = {.session = session, .stop = stop};
    replay.output = sound_output_open(&settings->sound, error);
    if (!replay.output)
        return -1;
    int status =
        settings->source ? play_video(&replay, error) : play_on(&replay, settings->seconds, error);
    *seconds = replay.played;
    if (!status)
        status = play_out(&replay, error);
    sound_output_close(replay.output);
    return status;
}
