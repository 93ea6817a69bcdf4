/* MPD as the jukebox's outlet: Debian's, with its null output. */
#include "compose/play/jukebox.h"

#include "compose/library/feedback.h"
#include "compose/library/mpd_server.h"
#include "nn/base/clock.h"
#include "tests/support/mpd_process.h"
#include "tests/support/music_folder.h"
#include "tests/support/played_songs.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"
#include "tests/support/wav.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double wall = 1e9, patience = 0.5, overlap = 1;

/* Of somebody who lets songs play at random and go; and who wants to hear just one. */
static const MpdModes modes = {.random = true, .consume = true, .single = 2};

static bool same_modes(MpdModes a, MpdModes b) {
    return a.random == b.random && a.repeat == b.repeat && a.consume == b.consume &&
           a.single == b.single;
}

static void set_modes(const char *socket) {
    Error error;
    MpdServer *server = mpd_server_open(socket, &error);
    ck_assert_msg(server && !mpd_server_set_modes(server, modes, &error), "%s", error.message);
    mpd_server_close(server);
}

typedef struct Session {
    Library *library;
    Jukebox *jukebox;
    const char *socket;
    double started;
} Session;

/* Four songs, two sad and two happy, of that many notes of half a second. */
static bool open_session(Session *session, int notes) {
    static const char *const names[] = {"happy/a.mid", "sad/b.mid", "happy/c.mid", "sad/d.mid"};
    Error error;
    JukeboxSettings settings = jukebox_defaults();
    *session = (Session){0};
    if (!songs_can_be_played() || !(session->socket = mpd_process_start()))
        return false;
    set_modes(session->socket);
    for (int i = 0; i < 4; i++)
        music_folder_add(names[i], notes, i);
    setenv("TMPDIR", scratch_path(""), 1);
    settings.mpd = session->socket;
    settings.outlet.mixer = (MixerSettings){.overlap = overlap, .patience = patience};
    session->library = song_library_open();
    song_library_add(session->library);
    session->jukebox = jukebox_open(session->library, &settings, &error);
    ck_assert_msg(session->jukebox != NULL, "%s", error.message);
    session->started = clock_seconds();
    return true;
}

static double now_of(const Session *session) {
    return clock_seconds() - session->started;
}

static void close_session(Session *session) {
    Error error;
    ck_assert_msg(!jukebox_close(session->jukebox, &error), "%s", error.message);
    library_close(session->library);
    mpd_process_end();
}

static void command(Session *session, int what) {
    Error error;
    double now = now_of(session);
    ck_assert_msg(!jukebox_do(session->jukebox, what, now, wall + now, &error), "%s",
                  error.message);
}

static JukeboxStatus step(Session *session) {
    Error error;
    double now = now_of(session);
    ck_assert_msg(!jukebox_step(session->jukebox, now, wall + now, &error), "%s", error.message);
    clock_sleep(0.02);
    return jukebox_status(session->jukebox, now, wall + now);
}

/* Steps until so many songs have begun, at most `seconds`. */
static JukeboxStatus play_until(Session *session, long songs, double seconds) {
    JukeboxStatus status = step(session);
    for (double until = now_of(session) + seconds;
         status.played < songs && now_of(session) < until;)
        status = step(session);
    ck_assert_int_eq(status.played, songs);
    return status;
}

static void play_for(Session *session, double seconds) {
    for (double until = now_of(session) + seconds; now_of(session) < until;)
        step(session);
}

static MpdStatus mpd_of(const Session *session) {
    Error error;
    MpdStatus status;
    MpdServer *server = mpd_server_open(session->socket, &error);
    ck_assert_msg(server && !mpd_server_status(server, &status, &error), "%s", error.message);
    mpd_server_close(server);
    return status;
}

START_TEST(the_queue_follows_the_mood_and_fades) {
    Session session;
    if (!open_session(&session, 60))
        return;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    JukeboxStatus status = play_until(&session, 1, 15);
    assert_contains(status.song.path, "/sad/");
    play_for(&session, 1);
    MpdStatus mpd = mpd_of(&session);
    ck_assert(mpd.playing);
    ck_assert_int_eq(mpd.volume, 60);
    ck_assert_int_eq(mpd.crossfade, (int)overlap);
    ck_assert(same_modes(mpd.modes, (MpdModes){0}));
    command(&session, JUKEBOX_FEEL + EMOTION_HAPPY);
    int softest = 100;
    for (double until = now_of(&session) + 15; status.played < 2 && now_of(&session) < until;) {
        status = step(&session);
        int volume = mpd_of(&session).volume;
        softest = volume < softest ? volume : softest;
    }
    ck_assert_int_eq(status.played, 2);
    assert_contains(status.song.path, "/happy/");
    ck_assert_int_lt(softest, 30);
    play_for(&session, 0.5);
    ck_assert_int_eq(mpd_of(&session).volume, 60);
    Error error;
    ck_assert(!jukebox_end(session.jukebox, 0.2, now_of(&session), &error));
    ck_assert(jukebox_is_silent(session.jukebox));
    MpdServer *server = mpd_server_open(session.socket, &error);
    ck_assert(!jukebox_close(session.jukebox, &error));
    ck_assert(!mpd_server_status(server, &mpd, &error));
    ck_assert(!mpd.playing && mpd.song < 0 && mpd.volume == 60 && mpd.crossfade == 1);
    ck_assert(same_modes(mpd.modes, modes));
    mpd_server_close(server);
    library_close(session.library);
    mpd_process_end();
}
END_TEST

START_TEST(a_queue_stays_until_there_is_a_song_of_ours) {
    Session session;
    if (!open_session(&session, 60))
        return;
    Error error;
    int id;
    MpdServer *server = mpd_server_open(session.socket, &error);
    const char *song = wav_write_tone("others.wav", 60, 440, 0);
    ck_assert(server && !mpd_server_add(server, song, &id, &error));
    ck_assert(!mpd_server_play(server, id, &error));
    play_for(&session, 0.5); /* no mood is known yet */
    command(&session, JUKEBOX_PAUSE);
    command(&session, JUKEBOX_SOFTER);
    ck_assert(!jukebox_close(session.jukebox, &error));
    MpdStatus mpd;
    ck_assert(!mpd_server_status(server, &mpd, &error));
    ck_assert(mpd.playing && mpd.song == id && mpd.songs == 1 && mpd.volume == 60);
    ck_assert(same_modes(mpd.modes, modes));
    mpd_server_close(server);
    library_close(session.library);
    mpd_process_end();
}
END_TEST

/* As after an error, or when the terminal is gone. */
START_TEST(a_player_that_just_closes_leaves_nothing_playing) {
    Session session;
    if (!open_session(&session, 60))
        return;
    Error error;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play_until(&session, 1, 15);
    MpdServer *server = mpd_server_open(session.socket, &error);
    ck_assert(!jukebox_close(session.jukebox, &error));
    MpdStatus mpd;
    ck_assert(server && !mpd_server_status(server, &mpd, &error));
    ck_assert(!mpd.playing && !mpd.paused && mpd.song < 0);
    ck_assert(same_modes(mpd.modes, modes));
    mpd_server_close(server);
    library_close(session.library);
    mpd_process_end();
}
END_TEST

START_TEST(a_song_that_ends_is_followed_by_crossfade) {
    Session session;
    if (!open_session(&session, 10))
        return;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play_until(&session, 1, 15);
    play_for(&session, 1);
    Listener listener;
    JukeboxStatus status = play_until(&session, 2, 20);
    ck_assert_int_eq(status.messages, 0);
    ck_assert_int_eq(feedback_learn(session.library, &listener, NULL), 0);
    ck_assert_int_eq(listener.events, 1); /* heard to its end */
    close_session(&session);
}
END_TEST

START_TEST(keys_work) {
    Session session;
    if (!open_session(&session, 60))
        return;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play_until(&session, 1, 15);
    command(&session, JUKEBOX_PAUSE);
    ck_assert(mpd_of(&session).paused);
    ck_assert(step(&session).paused);
    command(&session, JUKEBOX_PAUSE);
    ck_assert(mpd_of(&session).playing);
    command(&session, JUKEBOX_SOFTER);
    ck_assert_int_eq(mpd_of(&session).volume, 55);
    command(&session, JUKEBOX_FORWARD);
    ck_assert_double_ge(step(&session).heard, JUKEBOX_SEEK);
    command(&session, JUKEBOX_NEXT);
    play_until(&session, 2, 15);
    ck_assert_int_eq(mpd_of(&session).volume, 55);
    close_session(&session);
}
END_TEST

START_TEST(composed_pieces_are_rendered_and_removed) {
    if (!songs_can_be_played())
        return;
    const char *socket = mpd_process_start();
    if (!socket)
        return;
    Error error;
    JukeboxSettings settings = jukebox_defaults();
    setenv("TMPDIR", scratch_path(""), 1);
    settings.mpd = socket;
    settings.queue.source = QUEUE_COMPOSE;
    settings.queue.composed_seconds = 10;
    Session session = {.socket = socket, .started = clock_seconds()};
    session.jukebox = jukebox_open(NULL, &settings, &error);
    ck_assert_msg(session.jukebox != NULL, "%s", error.message);
    command(&session, JUKEBOX_FEEL + EMOTION_HAPPY);
    play_until(&session, 1, 30);
    ck_assert_double_ge(step(&session).seconds, 5);
    int files = scratch_count();
    ck_assert(!jukebox_close(session.jukebox, &error));
    ck_assert_int_lt(scratch_count(), files);
    mpd_process_end();
}
END_TEST

START_TEST(an_mpd_that_is_lost_ends_it) {
    Session session;
    if (!open_session(&session, 60))
        return;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play_until(&session, 1, 15);
    mpd_process_end();
    Error error = {""};
    int status = 0;
    for (double until = now_of(&session) + 5; !status && now_of(&session) < until;)
        status = jukebox_step(session.jukebox, now_of(&session), wall, &error);
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "MPD at ");
    ck_assert(!jukebox_close(session.jukebox, &error));
    library_close(session.library);
}
END_TEST

Suite *mpd_outlet_suite(void) {
    Suite *suite = suite_create("mpd_outlet");
    TCase *tcase = tcase_create("mpd_outlet");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_queue_follows_the_mood_and_fades);
    tcase_add_test(tcase, a_queue_stays_until_there_is_a_song_of_ours);
    tcase_add_test(tcase, a_player_that_just_closes_leaves_nothing_playing);
    tcase_add_test(tcase, a_song_that_ends_is_followed_by_crossfade);
    tcase_add_test(tcase, keys_work);
    tcase_add_test(tcase, composed_pieces_are_rendered_and_removed);
    tcase_add_test(tcase, an_mpd_that_is_lost_ends_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
