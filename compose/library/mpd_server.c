#include "compose/library/mpd_server.h"

#include "nn/base/plain_text.h"

#ifdef HAVE_LIBMPDCLIENT

#    include <mpd/client.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>

struct MpdServer {
    struct mpd_connection *connection;
    bool lost;
    char address[256];
};

/* The connection goes on after what MPD itself refuses. */
static int refuse(MpdServer *server, Error *error) {
    PlainText reason;
    enum mpd_error kind = mpd_connection_get_error(server->connection);
    plain_text(mpd_connection_get_error_message(server->connection), &reason);
    server->lost = !mpd_connection_clear_error(server->connection);
    return kind == MPD_ERROR_MALFORMED
               ? error_set(error, "MPD at %s: this is another program (%.120s)", server->address,
                           reason.text)
               : error_set(error, "MPD at %s: %.160s", server->address, reason.text);
}

static int check(MpdServer *server, bool done, Error *error) {
    return done ? 0 : refuse(server, error);
}

MpdServer *mpd_server_open(const char *address, Error *error) {
    MpdServer *server = calloc(1, sizeof *server);
    if (!server) {
        error_memory(error, "MPD", sizeof *server);
        return NULL;
    }
    snprintf(server->address, sizeof server->address, "%s", address);
    char host[sizeof server->address];
    memcpy(host, server->address, sizeof host);
    char *colon = *host == '/' ? NULL : strrchr(host, ':');
    if (colon)
        *colon = 0;
    unsigned port = colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
    server->connection = mpd_connection_new(host, port, MPD_SECONDS * 1000);
    if (!server->connection)
        error_memory(error, "MPD", 0);
    else if (mpd_connection_get_error(server->connection) == MPD_ERROR_SUCCESS)
        return server;
    else
        refuse(server, error);
    mpd_server_close(server);
    return NULL;
}

void mpd_server_close(MpdServer *server) {
    if (!server)
        return;
    if (server->connection)
        mpd_connection_free(server->connection);
    free(server);
}

bool mpd_server_is_lost(const MpdServer *server) {
    return server->lost;
}

int mpd_server_status(MpdServer *server, MpdStatus *status, Error *error) {
    PlainText trouble;
    struct mpd_status *reply = mpd_run_status(server->connection);
    if (!reply)
        return refuse(server, error);
    enum mpd_state state = mpd_status_get_state(reply);
    const char *failure = mpd_status_get_error(reply);
    *status = (MpdStatus){.playing = state == MPD_STATE_PLAY,
                          .paused = state == MPD_STATE_PAUSE,
                          .song = mpd_status_get_song_id(reply),
                          .songs = (int)mpd_status_get_queue_length(reply),
                          .elapsed = mpd_status_get_elapsed_ms(reply) / 1000.0,
                          .seconds = mpd_status_get_total_time(reply),
                          .volume = mpd_status_get_volume(reply),
                          .crossfade = (int)mpd_status_get_crossfade(reply),
                          .modes = {.random = mpd_status_get_random(reply),
                                    .repeat = mpd_status_get_repeat(reply),
                                    .consume = mpd_status_get_consume(reply),
                                    .single = (int)mpd_status_get_single_state(reply)}};
    if (failure)
        snprintf(status->trouble, sizeof status->trouble, "%.159s", plain_text(failure, &trouble));
    mpd_status_free(reply);
    return 0;
}

int mpd_server_add(MpdServer *server, const char *path, int *id, Error *error) {
    char uri[4096 + 8];
    if (strpbrk(path, "\r\n"))
        return error_set(error, "MPD at %s: its protocol does not allow line breaks in names",
                         server->address);
    snprintf(uri, sizeof uri, "file://%s", path);
    *id = mpd_run_add_id(server->connection, uri);
    return check(server, *id >= 0, error);
}

int mpd_server_remove(MpdServer *server, int id, Error *error) {
    bool done = mpd_run_delete_id(server->connection, (unsigned)id);
    bool absent =
        !done && mpd_connection_get_error(server->connection) == MPD_ERROR_SERVER &&
        mpd_connection_get_server_error(server->connection) == MPD_SERVER_ERROR_NO_EXIST &&
        mpd_connection_clear_error(server->connection);
    return check(server, done || absent, error);
}

int mpd_server_clear(MpdServer *server, Error *error) {
    if (check(server, mpd_run_clear(server->connection), error))
        return -1;
    return mpd_server_set_modes(server, (MpdModes){0}, error);
}

int mpd_server_drop_first(MpdServer *server, int songs, Error *error) {
    if (songs > 0 &&
        check(server, mpd_run_delete_range(server->connection, 0, (unsigned)songs), error))
        return -1;
    return mpd_server_set_modes(server, (MpdModes){0}, error);
}

int mpd_server_set_modes(MpdServer *server, MpdModes modes, Error *error) {
    struct mpd_connection *to = server->connection;
    bool done = mpd_run_random(to, modes.random) && mpd_run_repeat(to, modes.repeat) &&
                mpd_run_consume(to, modes.consume) &&
                mpd_run_single_state(to, (enum mpd_single_state)modes.single);
    return check(server, done, error);
}

int mpd_server_play(MpdServer *server, int id, Error *error) {
    return check(server, mpd_run_play_id(server->connection, (unsigned)id), error);
}

int mpd_server_pause(MpdServer *server, bool pause, Error *error) {
    return check(server, mpd_run_pause(server->connection, pause), error);
}

int mpd_server_stop(MpdServer *server, Error *error) {
    return check(server, mpd_run_stop(server->connection), error);
}

int mpd_server_seek(MpdServer *server, double seconds, Error *error) {
    return check(server, mpd_run_seek_current(server->connection, (float)seconds, false), error);
}

int mpd_server_set_volume(MpdServer *server, int volume, Error *error) {
    MpdStatus status;
    if (mpd_server_status(server, &status, error))
        return -1;
    return check(server,
                 status.volume < 0 || mpd_run_set_volume(server->connection, (unsigned)volume),
                 error);
}

int mpd_server_set_crossfade(MpdServer *server, int seconds, Error *error) {
    return check(server, mpd_run_crossfade(server->connection, (unsigned)seconds), error);
}

int mpd_server_forget_trouble(MpdServer *server, Error *error) {
    return check(server, mpd_run_clearerror(server->connection), error);
}

#else

MpdServer *mpd_server_open(const char *address, Error *error) {
    error_set(error, "%s: this build cannot use MPD; install libmpdclient-dev and build again",
              address);
    return NULL;
}

void mpd_server_close(MpdServer *server) {
    (void)server;
}

static int missing(const MpdServer *server, Error *error) {
    (void)server;
    return error_set(error, "this build cannot use MPD");
}

bool mpd_server_is_lost(const MpdServer *server) {
    (void)server;
    return true;
}

int mpd_server_status(MpdServer *server, MpdStatus *status, Error *error) {
    (void)status;
    return missing(server, error);
}

int mpd_server_add(MpdServer *server, const char *path, int *id, Error *error) {
    (void)path, (void)id;
    return missing(server, error);
}

int mpd_server_remove(MpdServer *server, int id, Error *error) {
    (void)id;
    return missing(server, error);
}

int mpd_server_clear(MpdServer *server, Error *error) {
    return missing(server, error);
}

int mpd_server_drop_first(MpdServer *server, int songs, Error *error) {
    (void)songs;
    return missing(server, error);
}

int mpd_server_set_modes(MpdServer *server, MpdModes modes, Error *error) {
    (void)modes;
    return missing(server, error);
}

int mpd_server_play(MpdServer *server, int id, Error *error) {
    (void)id;
    return missing(server, error);
}

int mpd_server_pause(MpdServer *server, bool pause, Error *error) {
    (void)pause;
    return missing(server, error);
}

int mpd_server_stop(MpdServer *server, Error *error) {
    return missing(server, error);
}

int mpd_server_seek(MpdServer *server, double seconds, Error *error) {
    (void)seconds;
    return missing(server, error);
}

int mpd_server_set_volume(MpdServer *server, int volume, Error *error) {
    (void)volume;
    return missing(server, error);
}

int mpd_server_set_crossfade(MpdServer *server, int seconds, Error *error) {
    (void)seconds;
    return missing(server, error);
}

int mpd_server_forget_trouble(MpdServer *server, Error *error) {
    return missing(server, error);
}

#endif

int mpd_server_play_list(MpdServer *server, const LibrarySongs *songs, const Playlist *playlist,
                         int *left_out, Error *error) {
    Error last = {"the list is empty"};
    MpdStatus before = {0};
    int first = -1;
    *left_out = 0;
    if (mpd_server_status(server, &before, error))
        return -1;
    for (int i = 0, id = -1; i < playlist->count && !mpd_server_is_lost(server); i++)
        if (mpd_server_add(server, songs->list[playlist->entries[i].song].path, &id, &last))
            ++*left_out;
        else if (first < 0)
            first = id;
    if (*left_out == playlist->count || mpd_server_is_lost(server))
        return error_set(error, "%.160s (give MPD's own socket, such as /run/mpd/socket)",
                         last.message);
    return mpd_server_drop_first(server, before.songs, error) ||
                   mpd_server_play(server, first, error)
               ? -1
               : 0;
}
