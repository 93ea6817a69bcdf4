/* MPD, of which a thread here plays the part: by the words of its protocol. */
#include "compose/library/mpd.h"

#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct Server {
    const char *greeting;
    bool denies; /* whole paths */
    int listening;
    pthread_t thread;
    char heard[4096];
} Server;

static void *serve(void *context) {
    Server *server = context;
    char line[1024];
    int connection = accept(server->listening, NULL, NULL);
    FILE *in = fdopen(connection, "r"), *out = fdopen(dup(connection), "w");
    fputs(server->greeting, out);
    fflush(out);
    while (fgets(line, sizeof line, in)) {
        strncat(server->heard, line, sizeof server->heard - strlen(server->heard) - 1);
        bool denied = !strncmp(line, "add ", 4) && (server->denies || strstr(line, "1.mid"));
        fputs(denied ? "ACK [4@0] {add} Access denied\n" : "volume: 50\nOK\n", out);
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

START_TEST(a_list_replaces_the_queue_and_plays) {
    Server server = {.greeting = greeting};
    LibrarySongs songs;
    song_library_draw(&songs, 3, 1);
    songs.list[0].path = "/music/a \"b\"\\c.mid";
    PlaylistEntry entries[] = {{.song = 0}, {.song = 1}, {.song = 2}};
    const Playlist list = {.entries = entries, .count = 3};
    Error error;
    int left_out;
    Mpd *mpd = mpd_open(start(&server), &error);
    ck_assert_msg(mpd != NULL, "%s", error.message);
    ck_assert_msg(!mpd_play(mpd, &songs, &list, &left_out, &error), "%s", error.message);
    ck_assert_int_eq(left_out, 1);
    mpd_close(mpd);
    stop(&server);
    ck_assert_str_eq(server.heard, "clear\n"
                                   "add \"file:///music/a \\\"b\\\"\\\\c.mid\"\n"
                                   "add \"file:///music/1.mid\"\n"
                                   "add \"file:///music/2.mid\"\n"
                                   "play\n");
    library_songs_free(&songs);
}
END_TEST

START_TEST(what_it_refuses_is_told) {
    Server server = {.greeting = greeting, .denies = true};
    LibrarySongs songs;
    song_library_draw(&songs, 1, 1);
    PlaylistEntry entries[] = {{.song = 0}};
    const Playlist list = {.entries = entries, .count = 1};
    Error error;
    int left_out;
    Mpd *mpd = mpd_open(start(&server), &error);
    ck_assert_msg(mpd != NULL, "%s", error.message);
    ck_assert_int_eq(mpd_play(mpd, &songs, &list, &left_out, &error), -1);
    assert_contains(error.message, "Access denied");
    assert_contains(error.message, "own socket");
    ck_assert_int_eq(mpd_send(mpd, (const char *const[]){"add", "a\nclear", NULL}, &error), -1);
    mpd_close(mpd);
    stop(&server);
    assert_lacks(server.heard, "a\nclear");
    library_songs_free(&songs);
}
END_TEST

START_TEST(other_programs_and_nobody_are_told) {
    Server server = {.greeting = "220 mail.example ESMTP\n"};
    Error error;
    ck_assert_ptr_null(mpd_open(start(&server), &error));
    assert_contains(error.message, "another program");
    stop(&server);
    ck_assert_ptr_null(mpd_open(scratch_path("nothing"), &error));
    assert_contains(error.message, "cannot reach MPD");
    ck_assert_ptr_null(mpd_open("127.0.0.1:1", &error));
    assert_contains(error.message, "cannot reach MPD");
}
END_TEST

Suite *mpd_suite(void) {
    Suite *suite = suite_create("mpd");
    TCase *tcase = tcase_create("mpd");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_list_replaces_the_queue_and_plays);
    tcase_add_test(tcase, what_it_refuses_is_told);
    tcase_add_test(tcase, other_programs_and_nobody_are_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
