/* The player without its clock: what it plays, keeps and does when it is told. */
#include "compose/play/jukebox.h"

#include "compose/library/feedback.h"
#include "tests/support/files.h"
#include "tests/support/music_folder.h"
#include "tests/support/played_songs.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double wall = 1e9;

typedef struct Session {
    Library *library;
    Jukebox *jukebox;
    double now;
} Session;

static Session open_session(const JukeboxSettings *settings) {
    static const char *const names[] = {"happy/a.mid", "sad/b.mid", "happy/c.mid", "sad/d.mid"};
    Error error;
    Session session = {0};
    for (int i = 0; i < 4; i++)
        music_folder_add(names[i], 40 + i, i);
    session.library = song_library_open();
    song_library_add(session.library);
    session.jukebox = jukebox_open(session.library, settings, &error);
    ck_assert_msg(session.jukebox != NULL, "%s", error.message);
    return session;
}

static JukeboxSettings settings_of_tests(void) {
    JukeboxSettings settings = jukebox_defaults();
    settings.outlet.background = false;
    settings.record = scratch_path("record.jsonl");
    return settings;
}

static void close_session(Session *session) {
    Error error;
    ck_assert_msg(!jukebox_close(session->jukebox, &error), "%s", error.message);
    library_close(session->library);
}

static void play(Session *session, double seconds) {
    enum { CHUNK = 4410 };
    float samples[CHUNK * SOUND_CHANNELS];
    Error error;
    for (double end = session->now + seconds; session->now < end; session->now += 0.1) {
        ck_assert_msg(!jukebox_step(session->jukebox, session->now, wall + session->now, &error),
                      "%s", error.message);
        jukebox_read(session->jukebox, samples, CHUNK);
    }
}

static void command(Session *session, int what) {
    Error error;
    ck_assert_msg(!jukebox_do(session->jukebox, what, session->now, wall + session->now, &error),
                  "%s", error.message);
}

static JukeboxStatus status_of(Session *session) {
    return jukebox_status(session->jukebox, session->now, wall + session->now);
}

START_TEST(songs_follow_the_mood_one_after_the_other) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play(&session, 1);
    JukeboxStatus status = status_of(&session);
    ck_assert_ptr_nonnull(status.item);
    assert_contains(status.song.path, "/sad/");
    command(&session, JUKEBOX_FEEL + EMOTION_HAPPY);
    play(&session, settings.outlet.mixer.patience + 1);
    status = status_of(&session);
    assert_contains(status.song.path, "/happy/");
    ck_assert_int_eq(status.played, 2);
    play(&session, 24); /* to its end */
    ck_assert_int_eq(status_of(&session).played, 3);
    close_session(&session);
    char *record = (char *)file_bytes(settings.record, NULL);
    assert_contains(record, "\"event\": \"felt\", \"emotion\": \"sad\"");
    assert_contains(record, "\"event\": \"play\"");
    assert_contains(record, "\"detail\": \"left\"");
    assert_contains(record, "\"detail\": \"heard to its end\"");
    free(record);
}
END_TEST

START_TEST(seeking_moves_within_a_song) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    Error error;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play(&session, 1);
    command(&session, JUKEBOX_FORWARD);
    double heard = status_of(&session).heard;
    ck_assert_double_ge(heard, JUKEBOX_SEEK);
    command(&session, JUKEBOX_REWIND);
    ck_assert_double_eq_tol(status_of(&session).heard, heard - JUKEBOX_SEEK, 1e-6);
    ck_assert(!jukebox_seek(session.jukebox, 5, &error));
    ck_assert_double_eq_tol(status_of(&session).heard, 5, 1e-6);
    command(&session, JUKEBOX_FORWARD);
    command(&session, JUKEBOX_FORWARD); /* past the end */
    play(&session, 1);
    ck_assert_int_eq(status_of(&session).played, 2);
    close_session(&session);
}
END_TEST

START_TEST(a_song_that_is_sought_to_its_end_was_not_heard) {
    static const char *const details[] = {"heard in part", "heard to its end"};
    for (int back = 0; back < 2; back++) {
        JukeboxSettings settings = settings_of_tests();
        Session session = open_session(&settings);
        Error error;
        Listener listener;
        command(&session, JUKEBOX_FEEL + EMOTION_SAD);
        play(&session, 1);
        ck_assert(!jukebox_seek(session.jukebox, 20, &error));
        if (back)
            ck_assert(!jukebox_seek(session.jukebox, 1, &error));
        play(&session, back ? 24 : 5);
        ck_assert_int_eq(status_of(&session).played, 2);
        close_session(&session);
        char *record = (char *)file_bytes(settings.record, NULL);
        assert_contains(record, details[back]);
        assert_lacks(record, details[!back]);
        free(record);
        Library *library = song_library_open();
        ck_assert_int_eq(feedback_learn(library, &listener, &error), 0);
        ck_assert_int_eq(listener.events, back);
        library_close(library);
    }
}
END_TEST

START_TEST(what_is_said_is_kept) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    Listener listener;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play(&session, 1);
    command(&session, JUKEBOX_SAY + VERDICT_TOO_SAD);
    command(&session, JUKEBOX_SAY + VERDICT_LIKE);
    ck_assert_int_eq(feedback_learn(session.library, &listener, NULL), 0);
    ck_assert_int_eq(listener.events, 2);
    ck_assert_double_gt(listener.valence.mean[0], 0);
    command(&session, JUKEBOX_UNDO);
    ck_assert_int_eq(feedback_learn(session.library, &listener, NULL), 0);
    ck_assert_int_eq(listener.events, 1);
    command(&session, JUKEBOX_NEXT); /* after a second: it says something too, … */
    command(&session, JUKEBOX_NEXT); /* … once */
    play(&session, 1);
    ck_assert_int_eq(feedback_learn(session.library, &listener, NULL), 0);
    ck_assert_int_eq(listener.events, 2);
    ck_assert_int_eq(status_of(&session).played, 2);
    LibrarySongs songs;
    ck_assert_int_eq(library_songs(session.library, &songs, NULL), 0);
    int heard = 0;
    for (int i = 0; i < songs.count; i++)
        heard += songs.list[i].last_played > 0;
    ck_assert_int_eq(heard, 2);
    library_songs_free(&songs);
    close_session(&session);
}
END_TEST

START_TEST(a_replay_keeps_nothing) {
    JukeboxSettings settings = settings_of_tests();
    settings.queue.keeps = false;
    Session session = open_session(&settings);
    Listener listener;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play(&session, 1);
    command(&session, JUKEBOX_SAY + VERDICT_DISLIKE);
    play(&session, 1);
    ck_assert_int_eq(status_of(&session).played, 2);
    ck_assert_int_eq(feedback_learn(session.library, &listener, NULL), 0);
    ck_assert_int_eq(listener.events, 0);
    close_session(&session);
}
END_TEST

START_TEST(a_library_that_cannot_be_written_ends_no_music) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play(&session, 1);
    command(&session, JUKEBOX_SAY + VERDICT_LIKE);
    ck_assert_int_eq(database_run(library_database(session.library),
                                  "CREATE TEMP TRIGGER full BEFORE INSERT ON main.events BEGIN"
                                  " SELECT RAISE(ABORT, 'no room left'); END",
                                  NULL),
                     0);
    static const int refused[] = {JUKEBOX_SAY + VERDICT_LIKE, JUKEBOX_UNDO};
    for (int i = 0; i < 2; i++) {
        long messages = status_of(&session).messages;
        command(&session, refused[i]);
        ck_assert_int_eq(status_of(&session).messages, messages + 1);
        assert_contains(status_of(&session).message, "no room left");
    }
    command(&session, JUKEBOX_NEXT);
    play(&session, 1);
    ck_assert_int_eq(status_of(&session).played, 2);
    command(&session, JUKEBOX_SAY + VERDICT_DISLIKE);
    play(&session, 1);
    ck_assert_int_eq(status_of(&session).played, 3);
    ck_assert_int_eq(status_of(&session).said, 1);
    close_session(&session);
}
END_TEST

START_TEST(back_plays_the_song_before) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play(&session, 1);
    int first = status_of(&session).item->song;
    command(&session, JUKEBOX_NEXT);
    play(&session, 1);
    int second = status_of(&session).item->song;
    ck_assert_int_ne(first, second);
    command(&session, JUKEBOX_PREVIOUS);
    play(&session, 1);
    ck_assert_int_eq(status_of(&session).item->song, first);
    play(&session, 6);
    command(&session, JUKEBOX_PREVIOUS); /* from its beginning */
    play(&session, 1);
    ck_assert_int_eq(status_of(&session).item->song, first);
    ck_assert_double_lt(status_of(&session).heard, 2);
    close_session(&session);
}
END_TEST

START_TEST(back_twice_plays_the_song_before_that) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    int played[4];
    for (int i = 0; i < 4; i++) {
        play(&session, 1);
        played[i] = status_of(&session).item->song;
        if (i < 3)
            command(&session, JUKEBOX_NEXT);
    }
    command(&session, JUKEBOX_PREVIOUS);
    command(&session, JUKEBOX_PREVIOUS); /* before the first has been obeyed */
    play(&session, 1);
    ck_assert_int_eq(status_of(&session).item->song, played[1]);
    close_session(&session);
}
END_TEST

START_TEST(a_song_that_is_gone_is_passed_over) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    ck_assert_int_eq(unlink(scratch_path("music/sad/b.mid")), 0);
    ck_assert_int_eq(unlink(scratch_path("music/sad/d.mid")), 0);
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play(&session, 1);
    JukeboxStatus status = status_of(&session);
    ck_assert_ptr_nonnull(status.item);
    assert_contains(status.song.path, "/happy/");
    assert_contains(status.message, ".mid");
    close_session(&session);
}
END_TEST

/* Those that suit the new mood are opened after the wish to leave, and are not there. */
START_TEST(next_leaves_a_song_though_those_after_it_are_gone) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    Listener listener;
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    play(&session, 1);
    ck_assert_int_eq(unlink(scratch_path("music/happy/a.mid")), 0);
    ck_assert_int_eq(unlink(scratch_path("music/happy/c.mid")), 0);
    command(&session, JUKEBOX_FEEL + EMOTION_HAPPY);
    command(&session, JUKEBOX_NEXT);
    play(&session, 2);
    JukeboxStatus status = status_of(&session);
    assert_contains(status.message, "/happy/");
    ck_assert_int_eq(status.played, 2);
    ck_assert_int_eq(feedback_learn(session.library, &listener, NULL), 0);
    ck_assert_int_eq(listener.events, 1);
    close_session(&session);
}
END_TEST

START_TEST(a_library_whose_songs_are_all_gone_ends_it) {
    static const char *const names[] = {"happy/a.mid", "sad/b.mid", "happy/c.mid", "sad/d.mid"};
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    Error error;
    int status = 0;
    for (int i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "music/%s", names[i]);
        ck_assert_int_eq(unlink(scratch_path(name)), 0);
    }
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    for (int i = 0; i < 20 && !status; i++)
        status = jukebox_step(session.jukebox, session.now += 0.1, wall, &error);
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "no song is left that can be played");
    assert_contains(error.message, ".mid");
    close_session(&session);
}
END_TEST

START_TEST(nothing_plays_until_a_mood_is_known) {
    JukeboxSettings settings = settings_of_tests();
    Session session = open_session(&settings);
    Error error;
    play(&session, 1);
    ck_assert_ptr_null(status_of(&session).item);
    EmotionState state = {.emotion = EMOTION_HAPPY, .confidence = 1, .valence = 0.8f};
    state.probabilities[EMOTION_HAPPY] = 1;
    for (int i = 0; i < 30; i++) {
        ck_assert_int_eq(jukebox_feel(session.jukebox, &state, true, session.now, &error), 0);
        play(&session, 0.1);
    }
    assert_contains(status_of(&session).song.path, "/happy/");
    command(&session, JUKEBOX_FEEL + EMOTION_SAD);
    ck_assert(status_of(&session).by_hand);
    command(&session, JUKEBOX_FOLLOW);
    ck_assert_int_eq(jukebox_feel(session.jukebox, &state, true, session.now, &error), 0);
    ck_assert_int_eq(status_of(&session).state->emotion, EMOTION_HAPPY);
    close_session(&session);
}
END_TEST

START_TEST(songs_open_in_the_background_too) {
    JukeboxSettings settings = settings_of_tests();
    settings.outlet.background = true;
    Session session = open_session(&settings);
    command(&session, JUKEBOX_FEEL + EMOTION_HAPPY);
    for (int i = 0; i < 500 && !status_of(&session).item; i++) {
        play(&session, 0.1);
        usleep(10000);
    }
    ck_assert_ptr_nonnull(status_of(&session).item);
    close_session(&session);
}
END_TEST

Suite *jukebox_suite(void) {
    Suite *suite = suite_create("jukebox");
    TCase *tcase = tcase_create("jukebox");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    if (songs_can_be_played()) {
        tcase_add_test(tcase, songs_follow_the_mood_one_after_the_other);
        tcase_add_test(tcase, seeking_moves_within_a_song);
        tcase_add_test(tcase, a_song_that_is_sought_to_its_end_was_not_heard);
        tcase_add_test(tcase, what_is_said_is_kept);
        tcase_add_test(tcase, a_replay_keeps_nothing);
        tcase_add_test(tcase, a_library_that_cannot_be_written_ends_no_music);
        tcase_add_test(tcase, back_plays_the_song_before);
        tcase_add_test(tcase, back_twice_plays_the_song_before_that);
        tcase_add_test(tcase, a_song_that_is_gone_is_passed_over);
        tcase_add_test(tcase, next_leaves_a_song_though_those_after_it_are_gone);
        tcase_add_test(tcase, a_library_whose_songs_are_all_gone_ends_it);
        tcase_add_test(tcase, nothing_plays_until_a_mood_is_known);
        tcase_add_test(tcase, songs_open_in_the_background_too);
    }
    suite_add_tcase(suite, tcase);
    return suite;
}
