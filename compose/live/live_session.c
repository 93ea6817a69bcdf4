#include "compose/live/live_session.h"

#include "compose/live/live_log.h"
#include "nn/base/text_list.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ opening and closing */

static int open_arranged(LiveSession *session, const LiveSettings *settings, Error *error) {
    LiveMusicSettings music = settings->music;
    music.genre = settings->genre ? lead_find_style(settings->genre) : GENRE_FREE;
    if (settings->genre && music.genre < 0) {
        char known[128];
        text_list_join(lead_styles, LEAD_STYLES, known, sizeof known);
        return error_set(error, "the model of lead sheets has no genre '%s'; it has %s",
                         settings->genre, known);
    }
    music.lead = session->lead = lead_model_load(settings->music_model, error);
    if (!session->lead)
        return -1;
    session->music = live_music_create(NULL, &music, error);
    return session->music ? 0 : -1;
}

static int open_music(LiveSession *session, const LiveSettings *settings, Error *error) {
    LiveMusicSettings music = settings->music;
    if (settings->arranged)
        return open_arranged(session, settings, error);
    session->model = music_model_load(settings->music_model, error);
    if (!session->model)
        return -1;
    if (settings->genre &&
        music_model_choose_genre(session->model, settings->genre, &music.composer.genre, error))
        return -1;
    session->music = live_music_create(session->model, &music, error);
    return session->music ? 0 : -1;
}

static int open_log(LiveSession *session, const char *path, Error *error) {
    session->log = !strcmp(path, "-") ? stdout : fopen(path, "w");
    return session->log ? 0 : error_errno(error, "cannot write %s", path);
}

/* Without a device the music goes on into a file. */
static int open_sound(LiveSession *session, const LiveSettings *settings, Error *error) {
    session->player = player_open(&settings->player, &session->unheard);
    if (session->player) {
        session->unheard.message[0] = 0;
        return 0;
    }
    if (!settings->unheard)
        return error_set(error, "%s", session->unheard.message);
    if (!session->record)
        session->record = settings->unheard;
    return 0;
}

static int open_all(LiveSession *session, const LiveSettings *settings, Error *error) {
    session->watcher = watcher_create(&settings->watching, error);
    if (!session->watcher || open_music(session, settings, error))
        return -1;
    session->record = settings->record;
    if (settings->midi_port &&
        !(session->port = midi_port_open(settings->midi_port, settings->player.program, error)))
        return -1;
    if (settings->sound && open_sound(session, settings, error))
        return -1;
    if (session->record &&
        (file_try(session->record, error) ||
         !(session->recording = recording_create(settings->player.program, error))))
        return -1;
    return settings->log ? open_log(session, settings->log, error) : 0;
}

LiveSession *live_session_open(const LiveSettings *settings, Error *error) {
    LiveSession *session = calloc(1, sizeof *session);
    if (!session) {
        error_memory(error, "a live session", sizeof *session);
        return NULL;
    }
    pthread_mutex_init(&session->lock, NULL);
    if (!open_all(session, settings, error))
        return session;
    live_session_close(session);
    return NULL;
}

void live_session_close(LiveSession *session) {
    if (!session)
        return;
    player_close(session->player);
    midi_port_close(session->port);
    recording_destroy(session->recording);
    live_music_destroy(session->music);
    music_model_destroy(session->model);
    lead_model_destroy(session->lead);
    watcher_destroy(session->watcher);
    if (session->log && session->log != stdout)
        fclose(session->log);
    pthread_mutex_destroy(&session->lock);
    free(session);
}

/* ------------------------------------------------------------------ looking and playing */

void live_session_set_mood(LiveSession *session, int emotion, double now) {
    session->by_hand = emotion != LIVE_SESSION_FACE;
    if (session->by_hand) {
        session->set = (EmotionState){.emotion = (Emotion)emotion,
                                      .confidence = 1,
                                      .valence = emotions[emotion].valence,
                                      .arousal = emotions[emotion].arousal};
        session->set.probabilities[emotion] = 1;
    }
    live_music_feel(session->music, live_session_mood(session), now);
}

const EmotionState *live_session_mood(const LiveSession *session) {
    return session->by_hand ? &session->set : watcher_mood(session->watcher);
}

int live_session_look(LiveSession *session, const VideoFrame *frame, double now, Error *error) {
    const WatchedFace *faces;
    if (watcher_frame(session->watcher, image_view(&frame->grey), frame->time, &faces, error) < 0)
        return -1;
    session->frames++;
    live_music_feel(session->music, live_session_mood(session), now);
    return 0;
}

void live_session_look_away(LiveSession *session, double time, double now) {
    watcher_blind(session->watcher, time);
    live_music_feel(session->music, live_session_mood(session), now);
}

int live_session_log(LiveSession *session, Error *error) {
    if (!session->log)
        return 0;
    const WatchedFace *face = watcher_leader(session->watcher);
    LiveMusicStatus music = live_music_status(session->music);
    if (live_log_write(session->log, face, watcher_mood(session->watcher), &music, error))
        return -1;
    return fflush(session->log) ? error_errno(error, "cannot write the log") : 0;
}

static int play_event(LiveSession *session, NoteEvent event, Error *error) {
    session->notes += event.velocity > 0;
    if (session->recording && recording_add(session->recording, event, error))
        return -1;
    bool silent = session->muted && event.velocity > 0;
    if (session->port && !silent && midi_port_play(session->port, event, error))
        return -1;
    return session->player ? player_play(session->player, event, error) : 0;
}

void live_session_mute(LiveSession *session, bool muted) {
    pthread_mutex_lock(&session->lock);
    session->muted = muted;
    if (session->player)
        player_set_volume(session->player, muted ? 0 : 1);
    pthread_mutex_unlock(&session->lock);
}

int live_session_play(LiveSession *session, double until, Error *error) {
    NoteEvent event;
    int status = 0;
    pthread_mutex_lock(&session->lock);
    while (!status && live_music_next(session->music, until, &event))
        status = play_event(session, event, error);
    if (!status && session->port)
        status = midi_port_clock(session->port, live_music_quarters(session->music, until), error);
    session->played = until;
    pthread_mutex_unlock(&session->lock);
    return status;
}

int live_session_save(LiveSession *session, Error *error) {
    if (!session->recording)
        return 0;
    pthread_mutex_lock(&session->lock);
    Recording *copy = recording_copy(session->recording, error);
    double played = session->played;
    pthread_mutex_unlock(&session->lock);
    int status = copy ? recording_save(copy, played, session->record, error) : -1;
    recording_destroy(copy);
    return status;
}

int live_session_finish(LiveSession *session, double end, double ring_seconds, Error *error) {
    Error also;
    live_music_stop(session->music, end + ring_seconds);
    int status = live_session_play(session, end + ring_seconds, error);
    if (session->port && midi_port_stop(session->port, status ? &also : error))
        status = -1;
    if (session->player && player_finish(session->player, status ? &also : error))
        status = -1;
    if (!session->unsaved && live_session_save(session, status ? &also : error))
        status = -1;
    if (session->log && fflush(session->log))
        status = error_errno(status ? &also : error, "cannot write the log");
    return status;
}
