#include "compose/play/play_session.h"

#include "nn/base/clock.h"

int play_session_open(PlaySession *session, const PlaySettings *settings, Error *error) {
    *session = (PlaySession){.settings = settings, .wall = clock_calendar()};
    if (!settings->composes_only && !(session->library = library_open(settings->library, error)))
        return -1;
    session->jukebox = jukebox_open(session->library, &settings->jukebox, error);
    if (!session->jukebox)
        return -1;
    if (settings->source && !(session->watcher = watcher_create(&settings->watching, error)))
        return -1;
    if (settings->emotion >= 0)
        return play_session_do(session, JUKEBOX_FEEL + settings->emotion, 0, error);
    return settings->source ? 0 : jukebox_set_mood(session->jukebox, settings->mood, 0, error);
}

int play_session_close(PlaySession *session, Error *error) {
    int status = jukebox_close(session->jukebox, error);
    watcher_destroy(session->watcher);
    library_close(session->library);
    return status;
}

static int feel(PlaySession *session, double now, Error *error) {
    return jukebox_feel(session->jukebox, watcher_mood(session->watcher),
                        watcher_leader(session->watcher) != NULL, now, error);
}

int play_session_look(PlaySession *session, const VideoFrame *frame, double now, Error *error) {
    const WatchedFace *faces;
    if (watcher_frame(session->watcher, image_view(&frame->grey), frame->time, &faces, error) < 0)
        return -1;
    session->frames++;
    return feel(session, now, error);
}

int play_session_look_away(PlaySession *session, double time, double now, Error *error) {
    watcher_blind(session->watcher, time);
    return feel(session, now, error);
}

int play_session_step(PlaySession *session, double now, Error *error) {
    return jukebox_step(session->jukebox, now, session->wall + now, error);
}

int play_session_do(PlaySession *session, int command, double now, Error *error) {
    return jukebox_do(session->jukebox, command, now, session->wall + now, error);
}
