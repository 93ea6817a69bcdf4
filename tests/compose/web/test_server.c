/* The server as strangers meet it: raw sockets, good requests and bad ones. */
#include "compose/web/server.h"

#include "compose/sound/soundfont.h"
#include "datasets/media/ffmpeg.h"
#include "nn/base/clock.h"
#include "tests/support/files.h"
#include "tests/support/music_models.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>

#if defined(HAVE_LIBMICROHTTPD) && defined(HAVE_FLUIDSYNTH) && defined(HAVE_FFMPEG)

#    include <arpa/inet.h>
#    include <jansson.h>
#    include <netinet/in.h>
#    include <signal.h>
#    include <stdlib.h>
#    include <string.h>
#    include <sys/resource.h>
#    include <sys/socket.h>
#    include <unistd.h>

static Decoder *decoder;
static Web *web;
static Server *server;
static Error error;

static void set_up_with(int patience) {
    signal(SIGPIPE, SIG_IGN);
    scratch_create();
    decoder = decoder_start(&error);
    ImageClassifierInfo info = network_info("mini");
    WebSettings settings = {
        .visit = {.watching = watcher_defaults(), .music = {.composer = composer_defaults}}};
    settings.visit.watching.model = network_save(&info, 4, "model.safetensors");
    settings.visit.watching.detect = false;
    settings.visit.music.composer.openings = 1;
    music_model_destroy(music_model_untrained(11));
    settings.music_model = scratch_path("music.safetensors");
    web = web_create(&settings, decoder, &error);
    ck_assert_msg(web != NULL, "%s", error.message);
    server = server_start(web, &settings, &(ServerSettings){.patience = patience}, &error);
    ck_assert_msg(server != NULL, "%s", error.message);
}

static void set_up(void) {
    set_up_with(0);
}

enum { HURRY = 2 };

static void set_up_hurried(void) {
    set_up_with(HURRY);
}

static void tear_down(void) {
    server_stop(server);
    web_destroy(web);
    decoder_stop(decoder);
    scratch_remove();
}

/* ------------------------------------------------------------------ raw requests */

static int connect_there(void) {
    int line = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)server_port(server)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    ck_assert_int_ge(line, 0);
    ck_assert_int_eq(connect(line, (struct sockaddr *)&address, sizeof address), 0);
    return line;
}

static void say(int line, const void *bytes, size_t size) {
    for (size_t at = 0; at < size;) {
        ssize_t sent = send(line, (const char *)bytes + at, size - at, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server has had enough */
        at += (size_t)sent;
    }
}

enum { REPLY = 1 << 20 };

/* All that comes until the server closes, as text. Caller frees. */
static char *hear(int line) {
    char *text = malloc(REPLY + 1);
    size_t size = 0;
    ssize_t got;
    while (size < REPLY && (got = recv(line, text + size, REPLY - size, 0)) > 0)
        size += (size_t)got;
    text[size] = 0;
    close(line);
    return text;
}

/* "POST /frame" with the given header lines and body, over a connection of its own. */
static char *ask(const char *what, const char *headers, const void *body, size_t size) {
    char head[2048];
    int line = connect_there();
    int length = snprintf(head, sizeof head,
                          "%s HTTP/1.1\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n", what,
                          headers, size);
    say(line, head, (size_t)length);
    say(line, body, size);
    return hear(line);
}

/* The headers of the server's own page. */
static const char *own(void) {
    static char text[512];
    snprintf(text, sizeof text,
             "Host: localhost:%d\r\nOrigin: http://localhost:%d\r\nX-Affekt-Token: %s\r\n",
             server_port(server), server_port(server), web->gate.token);
    return text;
}

static int status_of(const char *reply) {
    return strncmp(reply, "HTTP/1.1 ", 9) ? 0 : atoi(reply + 9);
}

static void assert_status(const char *what, const char *headers, const char *body, int expected) {
    char *reply = ask(what, headers, body, strlen(body));
    ck_assert_msg(status_of(reply) == expected, "%s: expected %d:\n%.300s", what, expected, reply);
    free(reply);
}

static void assert_answers(void) {
    assert_status("GET /", own(), "", 200);
}

static void open_session(char id[GATE_TOKEN + 1]) {
    char *reply = ask("POST /session", own(), "{}", 2);
    ck_assert_int_eq(status_of(reply), 200);
    const char *at = strstr(reply, "\"session\":\"");
    ck_assert_ptr_nonnull(at);
    snprintf(id, GATE_TOKEN + 1, "%.*s", GATE_TOKEN, at + 11);
    free(reply);
}

/* ------------------------------------------------------------------ who may ask */

START_TEST(every_reply_has_the_headers_that_protect_the_page) {
    static const char *const wanted[] = {
        "Content-Security-Policy: default-src 'self'", "frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer"};
    static const char *const pages[] = {"GET /", "GET /page.js", "GET /nothing", "POST /session"};
    for (size_t page = 0; page < 4; page++) {
        char *reply = ask(pages[page], own(), "", 0);
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
            assert_contains(reply, wanted[i]);
        free(reply);
    }
}
END_TEST

START_TEST(the_pages_files_are_there_and_nothing_else_is) {
    static const char *const files[] = {"GET /",           "GET /page.css", "GET /page.js",
                                        "GET /words.js",   "GET /live.js",  "GET /sound.js",
                                        "GET /drawing.js", "GET /api",      "GET /icon.svg"};
    static const char *const none[] = {"GET /../Makefile",     "GET /page/../../Makefile",
                                       "GET /%2e%2e/Makefile", "GET /..%2fMakefile",
                                       "GET //etc/passwd",     "GET /page.js/",
                                       "GET /index.html"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_status(files[i], own(), "", 200);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        char *reply = ask(none[i], own(), "", 0);
        ck_assert_msg(status_of(reply) == 404 || status_of(reply) == 400, "%s:\n%.200s", none[i],
                      reply);
        ck_assert_ptr_null(strstr(reply, "PREFIX"));
        free(reply);
    }
}
END_TEST

START_TEST(other_hosts_origins_and_tokens_are_refused) {
    char headers[512];
    int port = server_port(server);
    const char *token = web->gate.token;
    assert_status("GET /", "", "", 403);
    assert_status("GET /", "Host: evil.example\r\n", "", 403);
    snprintf(headers, sizeof headers, "Host: evil.example:%d\r\nX-Affekt-Token: %s\r\n", port,
             token);
    assert_status("POST /session", headers, "{}", 403);
    snprintf(headers, sizeof headers,
             "Host: localhost:%d\r\nOrigin: http://evil.example\r\nX-Affekt-Token: %s\r\n", port,
             token);
    assert_status("POST /session", headers, "{}", 403);
    snprintf(headers, sizeof headers, "Host: localhost:%d\r\n", port);
    assert_status("POST /session", headers, "{}", 401);
    assert_status("GET /status", headers, "", 401);
    snprintf(headers, sizeof headers, "Host: localhost:%d\r\nX-Affekt-Token: %.31s0\r\n", port,
             "00000000000000000000000000000000");
    assert_status("POST /session", headers, "{}", 401);
    snprintf(headers, sizeof headers, "Host: localhost:%d\r\nHost: evil.example\r\n", port);
    char *reply = ask("GET /", headers, "", 0);
    ck_assert_int_eq(status_of(reply), 400);
    assert_contains(reply, "{\"error\":\"a header that may stand once stands twice\"}");
    free(reply);
    assert_answers();
}
END_TEST

START_TEST(a_session_is_needed_where_one_is_meant) {
    static const char *const wanting[] = {"POST /frame",
                                          "POST /close",
                                          "POST /control?session=0123",
                                          "GET /status?session=../../etc",
                                          "GET /sound",
                                          "GET /events?session=",
                                          "GET /record",
                                          "GET /song?id=../../etc/passwd"};
    for (size_t i = 0; i < sizeof wanting / sizeof *wanting; i++)
        assert_status(wanting[i], own(), "", 410);
    assert_status("GET /frame", own(), "", 405);
    assert_status("DELETE /session", own(), "", 405);
    assert_status("POST /", own(), "", 405);
}
END_TEST

START_TEST(a_song_needs_no_token_but_an_id_that_nobody_can_guess) {
    char id[GATE_TOKEN + 1], headers[256];
    int port = server_port(server);
    open_session(id);
    snprintf(headers, sizeof headers, "Host: localhost:%d\r\nRange: bytes=0-\r\n", port);
    assert_status(text_format("GET /song?session=%s&id=../../etc/passwd", id), headers, "", 404);
    assert_status(text_format("GET /song?session=%s&id=", id), headers, "", 404);
    assert_status(text_format("GET /song?session=%s", id), headers, "", 404);
    assert_status(text_format("GET /song?id=%s", id), headers, "", 410);
    assert_status(text_format("GET /song?session=%s&id=x", id), "Host: evil.example\r\n", "", 403);
    char *reply =
        ask(text_format("POST /control?session=%s", id), own(), "{\"source\": \"songs\"}", 19);
    ck_assert_int_eq(status_of(reply), 409);
    assert_contains(reply, "affekt serve --library");
    free(reply);
}
END_TEST

/* ------------------------------------------------------------------ what it does */

START_TEST(a_frame_gives_faces_and_a_picture_that_is_none_an_error) {
    char id[GATE_TOKEN + 1], what[128];
    size_t size;
    unsigned char *jpeg = file_bytes("tests/fixtures/gradient_32x24.jpg", &size);
    open_session(id);
    snprintf(what, sizeof what, "POST /frame?session=%s", id);
    char *reply = ask(what, own(), jpeg, size);
    ck_assert_int_eq(status_of(reply), 200);
    assert_contains(reply, "\"width\":32,\"height\":24");
    assert_contains(reply, "\"probabilities\":{\"angry\":");
    assert_contains(reply, "\"leads\":true");
    free(reply);
    assert_status(what, own(), "not a picture", 422);
    assert_status(what, own(), "", 422);
    free(jpeg);
}
END_TEST

START_TEST(controls_change_the_status) {
    char id[GATE_TOKEN + 1], what[128];
    open_session(id);
    snprintf(what, sizeof what, "POST /control?session=%s", id);
    const char *body = "{\"policy\":\"regulate\",\"mood\":{\"valence\":0.5,\"arousal\":-0.25},"
                       "\"pause\":true}";
    char *reply = ask(what, own(), body, strlen(body));
    ck_assert_int_eq(status_of(reply), 200);
    assert_contains(reply, "\"policy\":\"regulate\"");
    assert_contains(reply, "\"by_hand\":true,\"valence\":0.5,\"arousal\":-0.25");
    assert_contains(reply, "\"paused\":true");
    free(reply);
    assert_status(what, own(), "{\"loudness\":1}", 400);
}
END_TEST

START_TEST(statuses_are_numbered) {
    char id[GATE_TOKEN + 1], what[128];
    open_session(id);
    snprintf(what, sizeof what, "GET /status?session=%s", id);
    for (int i = 1; i <= 3; i++) {
        char number[32];
        snprintf(number, sizeof number, "{\"number\":%d,", i);
        char *reply = ask(what, own(), "", 0);
        assert_contains(reply, number);
        free(reply);
    }
}
END_TEST

START_TEST(refusals_are_json_whatever_they_name) {
    char id[GATE_TOKEN + 1], what[128];
    const char *body = "{\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxä\":1}";
    open_session(id);
    snprintf(what, sizeof what, "POST /control?session=%s", id);
    char *reply = ask(what, own(), body, strlen(body));
    ck_assert_int_eq(status_of(reply), 400);
    assert_contains(reply,
                    "{\"error\":\"unknown field 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'\"}");
    free(reply);
    WebReply refusal = refuse(500, "caf\xe9.mid: not a file");
    ck_assert_int_eq(refusal.status, 500);
    ck_assert_str_eq(refusal.body, "{\"error\":\"caf\xEF\xBF\xBD.mid: not a file\"}");
    web_reply_free(&refusal);
}
END_TEST

static void read_exactly(int line, void *bytes, size_t size) {
    ck_assert_int_eq(recv(line, bytes, size, MSG_WAITALL), (ssize_t)size);
}

/* Chunks of HTTP around them: what is not zero is music. */
START_TEST(the_sound_streams_music_and_its_record_is_midi) {
    char id[GATE_TOKEN + 1], head[1024], *bytes = malloc(400000);
    open_session(id);
    int line = connect_there();
    int length = snprintf(head, sizeof head, "GET /sound?session=%s HTTP/1.1\r\n%s\r\n", id, own());
    say(line, head, (size_t)length);
    read_exactly(line, bytes, 400000); /* two seconds and more */
    close(line);
    long loud = 0;
    for (int i = 1024; i < 400000; i++)
        loud += bytes[i] != 0;
    ck_assert_int_gt(loud, 40000);
    free(bytes);
    snprintf(head, sizeof head, "GET /record?session=%s", id);
    char *reply = ask(head, own(), "", 0);
    assert_contains(reply, "Content-Type: audio/midi");
    assert_contains(reply, "\r\n\r\nMThd");
    free(reply);
}
END_TEST

START_TEST(events_tell_the_status_again_and_again) {
    char id[GATE_TOKEN + 1], head[1024], text[4096];
    open_session(id);
    int line = connect_there();
    int length =
        snprintf(head, sizeof head, "GET /events?session=%s HTTP/1.1\r\n%s\r\n", id, own());
    say(line, head, (size_t)length);
    read_exactly(line, text, sizeof text - 1);
    text[sizeof text - 1] = 0;
    close(line);
    assert_contains(text, "text/event-stream");
    char *first = strstr(text, "data: {\"number\"");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_nonnull(strstr(first + 1, "data: {\"number\""));
}
END_TEST

START_TEST(a_piece_is_composed_and_downloaded) {
    const char *wish = "{\"emotion\":\"happy\",\"seconds\":5}";
    char what[128];
    char *reply = ask("POST /compose", own(), wish, strlen(wish));
    ck_assert_int_eq(status_of(reply), 200);
    const char *at = strstr(reply, "\"id\":\"");
    ck_assert_ptr_nonnull(at);
    for (int wav = 0; wav < 2; wav++) {
        snprintf(what, sizeof what, "GET /piece?id=%.32s&kind=%s", at + 6, wav ? "wav" : "midi");
        char *file = ask(what, own(), "", 0);
        assert_contains(file, wav ? "filename=\"affekt.wav\"" : "filename=\"affekt.mid\"");
        assert_contains(file, wav ? "\r\n\r\nRIFF" : "\r\n\r\nMThd");
        free(file);
    }
    free(reply);
    assert_status("GET /piece?id=../x&kind=midi", own(), "", 404);
    assert_status("GET /piece?kind=exe", own(), "", 400);
    assert_status("POST /compose", own(), "{\"seconds\":1e6}", 400);
}
END_TEST

START_TEST(sixteen_pages_have_sessions_of_their_own_and_the_next_is_told) {
    char ids[VISITS_MOST][GATE_TOKEN + 1];
    for (int i = 0; i < VISITS_MOST; i++) {
        open_session(ids[i]);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(ids[i], ids[j]);
    }
    char *reply = ask("POST /session", own(), "{}", 2);
    ck_assert_int_eq(status_of(reply), 503);
    assert_contains(reply, "close one");
    free(reply);
    assert_status(text_format("POST /close?session=%s", ids[0]), own(), "", 200);
    assert_status(text_format("GET /status?session=%s", ids[0]), own(), "", 410);
    open_session(ids[0]);
}
END_TEST

/* ------------------------------------------------------------------ bad manners */

START_TEST(bodies_that_are_too_large_are_refused) {
    size_t size = 1 << 20;
    char *body = calloc(1, size + 1), what[128], id[GATE_TOKEN + 1], head[1024];
    open_session(id);
    snprintf(what, sizeof what, "POST /frame?session=%s", id);
    char *reply = ask(what, own(), body, size);
    ck_assert_msg(status_of(reply) == 413 || !*reply, "%.200s", reply);
    free(reply);
    /* Without a length, in chunks. */
    int line = connect_there();
    int length =
        snprintf(head, sizeof head, "%s HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n100000\r\n",
                 what, own());
    say(line, head, (size_t)length);
    say(line, body, size);
    reply = hear(line);
    ck_assert_msg(status_of(reply) != 200, "%.200s", reply);
    free(reply);
    free(body);
    assert_answers();
}
END_TEST

START_TEST(headers_that_are_too_large_or_no_http_are_refused) {
    static const char *const bad[] = {
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\x16\x03\x01\x02",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /frame HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /frame HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "GET / HTTP/1.1\r\nHost\r\n\r\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int line = connect_there();
        say(line, bad[i], strlen(bad[i]));
        shutdown(line, SHUT_WR);
        char *reply = hear(line);
        ck_assert_msg(status_of(reply) != 200, "%s", bad[i]);
        free(reply);
    }
    size_t size = 4 * SERVER_HEADER_BYTES;
    char *headers = malloc(size);
    memset(headers, 'a', size);
    int line = connect_there();
    say(line, "GET / HTTP/1.1\r\nX: ", 19);
    say(line, headers, size);
    char *reply = hear(line);
    ck_assert_int_ne(status_of(reply), 200);
    free(reply);
    free(headers);
    assert_answers();
}
END_TEST

/* A byte a second keeps no connection: its request has to be there in time. */
START_TEST(a_request_that_trickles_in_is_cut_off) {
    int line = connect_there();
    char byte = 'a';
    double started = clock_seconds();
    say(line, "GET / HTTP/1.1\r\nX: ", 19);
    while (clock_seconds() - started < 20 * HURRY && send(line, &byte, 1, MSG_NOSIGNAL) == 1)
        clock_sleep(0.2);
    ck_assert_double_lt(clock_seconds() - started, 20 * HURRY);
    close(line);
    assert_answers();
}
END_TEST

static void assert_cannot_listen(const char *address, int port, const char *why) {
    ck_assert_ptr_null(server_start(web, &(WebSettings){0},
                                    &(ServerSettings){.address = address, .port = port}, &error));
    assert_contains(error.message, why);
}

START_TEST(who_cannot_listen_says_why) {
    assert_cannot_listen(NULL, server_port(server), "Address already in use");
    assert_cannot_listen(NULL, server_port(server), "--port names another");
    assert_cannot_listen("203.0.113.7", 0, "Cannot assign requested address");
}
END_TEST

START_TEST(half_closed_and_abandoned_connections_do_no_harm) {
    char id[GATE_TOKEN + 1], head[1024];
    open_session(id);
    for (int i = 0; i < 20; i++) {
        int line = connect_there();
        int length =
            snprintf(head, sizeof head, "GET /%s?session=%s HTTP/1.1\r\n%s%s\r\n",
                     i % 2 ? "sound" : "events", id, own(), i % 3 ? "" : "Connection: close\r\n");
        say(line, head, (size_t)(i % 5 ? length : length / 2));
        if (i % 4 == 0)
            shutdown(line, SHUT_WR);
        close(line);
    }
    assert_answers();
}
END_TEST

START_TEST(a_thousand_connections_are_held_and_the_next_is_answered) {
    enum { LINES = 1000 };
    struct rlimit files = {2 * LINES + 600, 2 * LINES + 600};
    if (setrlimit(RLIMIT_NOFILE, &files)) {
        fprintf(stderr, "skipped: this system allows fewer than %d open files\n", 2 * LINES + 600);
        return;
    }
    int lines[LINES];
    for (int i = 0; i < LINES; i++)
        lines[i] = connect_there();
    assert_answers();
    for (int i = 0; i < LINES; i++)
        close(lines[i]);
    assert_answers();
}
END_TEST

#endif

Suite *server_suite(void) {
    Suite *suite = suite_create("server");
#if defined(HAVE_LIBMICROHTTPD) && defined(HAVE_FLUIDSYNTH) && defined(HAVE_FFMPEG)
    TCase *tcase = tcase_create("server");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, every_reply_has_the_headers_that_protect_the_page);
    tcase_add_test(tcase, the_pages_files_are_there_and_nothing_else_is);
    tcase_add_test(tcase, other_hosts_origins_and_tokens_are_refused);
    tcase_add_test(tcase, a_song_needs_no_token_but_an_id_that_nobody_can_guess);
    tcase_add_test(tcase, a_session_is_needed_where_one_is_meant);
    tcase_add_test(tcase, a_frame_gives_faces_and_a_picture_that_is_none_an_error);
    tcase_add_test(tcase, controls_change_the_status);
    tcase_add_test(tcase, statuses_are_numbered);
    tcase_add_test(tcase, refusals_are_json_whatever_they_name);
    tcase_add_test(tcase, the_sound_streams_music_and_its_record_is_midi);
    tcase_add_test(tcase, events_tell_the_status_again_and_again);
    tcase_add_test(tcase, a_piece_is_composed_and_downloaded);
    tcase_add_test(tcase, sixteen_pages_have_sessions_of_their_own_and_the_next_is_told);
    tcase_add_test(tcase, bodies_that_are_too_large_are_refused);
    tcase_add_test(tcase, headers_that_are_too_large_or_no_http_are_refused);
    tcase_add_test(tcase, who_cannot_listen_says_why);
    tcase_add_test(tcase, half_closed_and_abandoned_connections_do_no_harm);
    tcase_add_test(tcase, a_thousand_connections_are_held_and_the_next_is_answered);
    suite_add_tcase(suite, tcase);
    TCase *hurried = tcase_create("hurried");
    tcase_add_checked_fixture(hurried, set_up_hurried, tear_down);
    tcase_add_test(hurried, a_request_that_trickles_in_is_cut_off);
    suite_add_tcase(suite, hurried);
#endif
    return suite;
}
