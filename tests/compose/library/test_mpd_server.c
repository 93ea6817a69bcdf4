/* MPD: Debian's, and threads that answer as other servers would. */
#include "compose/library/mpd_server.h"

#include "compose/sound/sound_format.h"
#include "datasets/audio/wav_file.h"
#include "nn/base/clock.h"
#include "tests/support/mpd_process.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static Playlist list_of(PlaylistEntry *entries, int count) {
    for (int i = 0; i < count; i++)
        entries[i] = (PlaylistEntry){.song = i};
    return (Playlist){.entries = entries, .count = count};
}

/* A file of silence that MPD can play. */
static const char *silence(const char *name, double seconds) {
    const char *path = scratch_path(name);
    WavFile file;
    float samples[1024 * SOUND_CHANNELS] = {0};
    Error error;
    ck_assert(!wav_file_begin(&file, path, SOUND_RATE, &error));
    for (double at = 0; at < seconds; at += 1024.0 / SOUND_RATE)
        ck_assert(!wav_file_add(&file, samples, 1024, &error));
    ck_assert(!wav_file_commit(&file, &error));
    return path;
}

static MpdServer *connect_to(const char *socket) {
    Error error;
    MpdServer *server = mpd_server_open(socket, &error);
    ck_assert_msg(server != NULL, "%s", error.message);
    return server;
}

/* Waits until it plays a song, at most five seconds. */
static MpdStatus status_when_playing(MpdServer *server) {
    MpdStatus status = {0};
    Error error;
    for (int i = 0; i < 250 && !(status.playing && status.song >= 0); i++) {
        ck_assert_msg(!mpd_server_status(server, &status, &error), "%s", error.message);
        clock_sleep(0.02);
    }
    return status;
}

START_TEST(a_list_replaces_the_queue_and_plays) {
    const char *socket = mpd_process_start();
    if (!socket)
        return;
    LibrarySongs songs;
    PlaylistEntry entries[3];
    Error error;
    int left_out;
    song_library_draw(&songs, 3, 1);
    songs.list[0].path = silence("a \"b\"\\c.wav", 4); /* the others are not there */
    const Playlist list = list_of(entries, 3);
    MpdServer *server = connect_to(socket);
    int other;
    ck_assert(!mpd_server_add(server, silence("other.wav", 60), &other, &error));
    ck_assert(!mpd_server_play(server, other, &error));
    ck_assert_msg(!mpd_server_play_list(server, &songs, &list, &left_out, &error), "%s",
                  error.message);
    ck_assert_int_eq(left_out, 2);
    MpdStatus status = status_when_playing(server);
    ck_assert(status.playing && !*status.trouble);
    ck_assert_int_eq(status.songs, 1);
    ck_assert_int_ne(status.song, other);
    ck_assert_double_ge(status.seconds, 4);
    ck_assert_int_eq(status.volume, 60);
    ck_assert_int_eq(status.crossfade, 1);
    mpd_server_close(server);
    mpd_process_end();
    library_songs_free(&songs);
}
END_TEST

START_TEST(songs_are_added_played_sought_and_removed) {
    const char *socket = mpd_process_start();
    if (!socket)
        return;
    Error error;
    int first, second;
    MpdServer *server = connect_to(socket);
    ck_assert(!mpd_server_clear(server, &error));
    ck_assert(!mpd_server_add(server, silence("a.wav", 60), &first, &error));
    ck_assert(!mpd_server_add(server, silence("b.wav", 60), &second, &error));
    ck_assert(!mpd_server_play(server, second, &error));
    ck_assert_int_eq(status_when_playing(server).song, second);
    ck_assert(!mpd_server_seek(server, 3, &error));
    ck_assert_double_ge(status_when_playing(server).elapsed, 3);
    ck_assert(!mpd_server_pause(server, true, &error));
    MpdStatus status;
    ck_assert(!mpd_server_status(server, &status, &error));
    ck_assert(status.paused && !status.playing);
    ck_assert(!mpd_server_set_volume(server, 30, &error));
    ck_assert(!mpd_server_remove(server, second, &error));
    ck_assert(!mpd_server_remove(server, second, &error)); /* it has gone */
    ck_assert(!mpd_server_status(server, &status, &error));
    ck_assert_int_ne(status.song, second);
    ck_assert_int_eq(status.volume, 30);
    ck_assert_int_eq(mpd_server_add(server, "/nowhere/c.wav", &first, &error), -1);
    ck_assert(!mpd_server_is_lost(server));
    ck_assert_int_eq(mpd_server_add(server, "a\nclear", &first, &error), -1);
    mpd_process_end();
    ck_assert_int_eq(mpd_server_status(server, &status, &error), -1);
    ck_assert(mpd_server_is_lost(server));
    mpd_server_close(server);
}
END_TEST

#ifdef HAVE_LIBMPDCLIENT

typedef struct Server {
    const char *greeting;
    bool denies;  /* whole paths */
    bool changed; /* was told anything but to add songs and tell its status */
    int listening;
    pthread_t thread;
} Server;

static void *serve(void *context) {
    Server *server = context;
    char line[1024];
    int connection = accept(server->listening, NULL, NULL);
    FILE *in = fdopen(connection, "r"), *out = fdopen(dup(connection), "w");
    fputs(server->greeting, out);
    fflush(out);
    while (fgets(line, sizeof line, in)) {
        bool denied = !strncmp(line, "addid ", 6) && server->denies;
        server->changed =
            server->changed || (strncmp(line, "addid ", 6) != 0 && strcmp(line, "status\n") != 0);
        fputs(denied ? "ACK [4@0] {addid} Access denied\n" : "OK\n", out);
        fflush(out);
    }
    fclose(in);
    fclose(out);
    return NULL;
}

static const char *start(Server *server) {
    const char *path = scratch_path("socket");
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    strcpy(name.sun_path, path);
    server->listening = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert(!bind(server->listening, (struct sockaddr *)&name, sizeof name));
    ck_assert(!listen(server->listening, 1));
    ck_assert(!pthread_create(&server->thread, NULL, serve, server));
    return path;
}

static void stop(Server *server) {
    pthread_join(server->thread, NULL);
    close(server->listening);
}

static const char greeting[] = "OK MPD 0.23.5\n";

START_TEST(what_it_refuses_is_told) {
    Server server = {.greeting = greeting, .denies = true};
    LibrarySongs songs;
    PlaylistEntry entries[1];
    Error error;
    int left_out;
    song_library_draw(&songs, 1, 1);
    const Playlist list = list_of(entries, 1);
    MpdServer *mpd = connect_to(start(&server));
    ck_assert_int_eq(mpd_server_play_list(mpd, &songs, &list, &left_out, &error), -1);
    assert_contains(error.message, "Access denied");
    assert_contains(error.message, "own socket");
    mpd_server_close(mpd);
    stop(&server);
    ck_assert(!server.changed);
    library_songs_free(&songs);
}
END_TEST

START_TEST(other_programs_and_nobody_are_told) {
    Server server = {.greeting = "220 mail.example ESMTP\n"};
    Error error;
    ck_assert_ptr_null(mpd_server_open(start(&server), &error));
    assert_contains(error.message, "another program");
    stop(&server);
    ck_assert_ptr_null(mpd_server_open(scratch_path("nothing"), &error));
    assert_contains(error.message, "MPD at ");
    ck_assert_ptr_null(mpd_server_open("127.0.0.1:1", &error));
    assert_contains(error.message, "MPD at 127.0.0.1:1");
}
END_TEST

#else

START_TEST(a_build_without_it_names_the_package) {
    Error error;
    ck_assert_ptr_null(mpd_server_open("/run/mpd/socket", &error));
    assert_contains(error.message, "libmpdclient-dev");
}
END_TEST

#endif

Suite *mpd_server_suite(void) {
    Suite *suite = suite_create("mpd_server");
    TCase *tcase = tcase_create("mpd_server");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, a_list_replaces_the_queue_and_plays);
    tcase_add_test(tcase, songs_are_added_played_sought_and_removed);
#ifdef HAVE_LIBMPDCLIENT
    tcase_add_test(tcase, what_it_refuses_is_told);
    tcase_add_test(tcase, other_programs_and_nobody_are_told);
#else
    tcase_add_test(tcase, a_build_without_it_names_the_package);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
