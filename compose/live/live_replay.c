#include "compose/live/live_replay.h"

static const double ring_seconds = 2, step_seconds = 1;

static bool is_set(const atomic_bool *flag) {
    return flag && atomic_load(flag);
}

/* Writes and plays the music of a long time between two frames in steps. */
static int play_on(LiveSession *session, double from, double until, const atomic_bool *stop,
                   Error *error) {
    for (double now = from + step_seconds; now < until && !is_set(stop); now += step_seconds)
        if (live_music_write(session->music, now, error) || live_session_play(session, now, error))
            return -1;
    return 0;
}

/* The frame's time becomes that of the music, which has no holes. */
static int take_frames(LiveSession *session, Video *video, VideoFrame *frame,
                       const atomic_bool *stop, Error *error) {
    int status = 0;
    double before = 0, holes = 0;
    while (!is_set(stop) && (status = video_next(video, frame, error)) > 0) {
        double since = before - holes;
        holes += video_hole(before, frame->time);
        before = frame->time;
        frame->time -= holes;
        if (live_session_look(session, frame, frame->time, error) ||
            play_on(session, since, frame->time, stop, error) ||
            live_music_write(session->music, frame->time, error) ||
            live_session_log(session, error) || live_session_play(session, frame->time, error))
            return -1;
    }
    return is_set(stop) ? 0 : status;
}

int live_replay(LiveSession *session, const char *path, const atomic_bool *stop, double *seconds,
                Error *error) {
    Video *video = video_open(&(VideoSettings){.source = path, .stop = stop}, error);
    if (!video)
        return -1;
    VideoFrame frame = {0};
    int status = take_frames(session, video, &frame, stop, error);
    *seconds = frame.time;
    video_frame_free(&frame);
    video_close(video);
    Error also;
    if (live_session_finish(session, *seconds, ring_seconds, status < 0 ? &also : error))
        status = -1;
    return status < 0 ? -1 : 0;
}
