#include "compose/library/listener.h"

#include "compose/library/feedback.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>

static LibrarySong song_at(float valence, float arousal, const char *artist) {
    return (LibrarySong){.hash = (int64_t)(valence * 1000) + 7,
                         .artist = artist,
                         .genre = "",
                         .has_mood = true,
                         .mood = {valence, arousal, 0.1f, 0.1f},
                         .tempo = 100,
                         .last_played = 1};
}

static void hear(Listener *listener, float valence, const char *artist, Mood wanted,
                 Verdict verdict) {
    LibrarySong song = song_at(valence, 0, artist);
    ListenerProperties properties = listener_properties(&song);
    listener_hear(listener, &properties, wanted, verdict);
}

START_TEST(too_sad_asks_for_more_pleasant_music) {
    const Mood neutral = {0};
    Listener listener;
    float unsure, arousal_deviation, surer;
    listener_start(&listener);
    ck_assert_float_eq(listener_mood(&listener, neutral, &unsure, &arousal_deviation).valence, 0);
    for (int i = 0; i < 5; i++)
        hear(&listener, 0, "", neutral, VERDICT_TOO_SAD);
    Mood mood = listener_mood(&listener, neutral, &surer, &arousal_deviation);
    ck_assert_float_gt(mood.valence, 0.2f);
    ck_assert_float_lt(surer, unsure);
    ck_assert_float_eq(mood.arousal, 0);
}
END_TEST

START_TEST(a_verdict_that_was_expected_teaches_nothing) {
    const Mood neutral = {0};
    Listener listener;
    float deviation;
    listener_start(&listener);
    hear(&listener, -0.9f, "", neutral, VERDICT_TOO_SAD); /* far sadder than what was wanted */
    ck_assert_float_eq(listener_mood(&listener, neutral, &deviation, &deviation).valence, 0);
    hear(&listener, -0.1f, "", neutral, VERDICT_TOO_SAD);
    ck_assert_float_gt(listener_mood(&listener, neutral, &deviation, &deviation).valence, 0.1f);
}
END_TEST

START_TEST(what_is_liked_is_liked_again_and_what_is_not_is_not) {
    const Mood none = {.valence = NAN, .arousal = NAN};
    Listener listener;
    listener_start(&listener);
    for (int i = 0; i < 5; i++) {
        hear(&listener, 0.1f, "the good", none, VERDICT_LIKE);
        hear(&listener, 0.2f, "the bad", none, VERDICT_DISLIKE);
    }
    float weights[LIKING];
    listener_draw(&listener, NULL, weights);
    LibrarySong good = song_at(0.3f, 0, "the good"), bad = song_at(0.3f, 0, "The Bad");
    ListenerProperties a = listener_properties(&good), b = listener_properties(&bad);
    ck_assert_float_gt(listener_liking(weights, &a), 0.15f + listener_liking(weights, &b));
}
END_TEST

START_TEST(draws_scatter_less_where_more_was_said) {
    const Mood none = {.valence = NAN, .arousal = NAN};
    Listener listener;
    LibrarySong song = song_at(0.1f, 0, "artist");
    ListenerProperties properties = listener_properties(&song);
    double spread[2];
    listener_start(&listener);
    for (int after = 0; after < 2; after++) {
        double sum = 0, squares = 0;
        for (uint64_t seed = 0; seed < 200; seed++) {
            float weights[LIKING];
            Rng rng = rng_seed(seed);
            listener_draw(&listener, &rng, weights);
            double liking = (double)listener_liking(weights, &properties);
            sum += liking;
            squares += liking * liking;
        }
        spread[after] = squares / 200 - sum * sum / 40000;
        for (int i = 0; i < 20; i++)
            hear(&listener, 0.1f, "artist", none, VERDICT_FINISH);
    }
    ck_assert_double_lt(spread[1], 0.7 * spread[0]);
}
END_TEST

/* ------------------------------------------------------------------ events */

static Listener learn(Library *library) {
    Error error;
    Listener listener;
    ck_assert_msg(!feedback_learn(library, &listener, &error), "%s", error.message);
    return listener;
}

static void say(Library *library, float valence, Verdict verdict) {
    LibrarySong song = song_at(valence, 0.5f, "an \"artist\", quoted");
    ck_assert_int_eq(feedback_add(library, &song, (Mood){.valence = 0.5f}, verdict, 1e9, NULL), 0);
}

START_TEST(undo_takes_back_what_was_said_not_how_a_song_ended) {
    Library *library = song_library_open();
    say(library, 0.5f, VERDICT_FINISH);
    bool undone;
    ck_assert_int_eq(feedback_undo(library, 1e9, &undone, NULL), 0);
    ck_assert(!undone);
    Listener finished = learn(library);
    say(library, -0.5f, VERDICT_DISLIKE);
    say(library, -0.5f, VERDICT_SKIP);
    ck_assert_int_eq(feedback_undo(library, 1e9, &undone, NULL), 0);
    ck_assert(undone);
    Listener skipped = learn(library);
    ck_assert_int_eq(skipped.events, finished.events + 1);
    ck_assert_int_eq(feedback_undo(library, 1e9, &undone, NULL), 0);
    ck_assert(!undone);
    library_close(library);
}
END_TEST

START_TEST(undo_and_reset_take_back_what_was_learnt) {
    Library *library = song_library_open();
    say(library, 0.5f, VERDICT_TOO_SAD);
    Listener one = learn(library);
    ck_assert_int_eq(one.events, 1);
    say(library, -0.5f, VERDICT_DISLIKE);
    ck_assert_int_eq(learn(library).events, 2);
    bool undone;
    ck_assert_int_eq(feedback_undo(library, 1e9, &undone, NULL), 0);
    ck_assert(undone);
    Listener again = learn(library);
    ck_assert_double_eq(again.valence.mean[0], one.valence.mean[0]);
    ck_assert_double_eq(again.liking[0], one.liking[0]);
    ck_assert_int_eq(feedback_reset(library, 1e9, NULL), 0);
    ck_assert_int_eq(learn(library).events, 0);
    ck_assert_int_eq(feedback_undo(library, 1e9, &undone, NULL), 0);
    ck_assert(!undone);
    library_close(library);
}
END_TEST

START_TEST(composing_learns_from_feedback_too) {
    Error error;
    MoodTaste taste;
    const Mood neutral = {0};
    LibrarySong song = song_at(0, 0, "");
    setenv("XDG_DATA_HOME", scratch_path("data"), 1);
    ck_assert_int_eq(feedback_taste(NULL, &taste, &error), 0);
    ck_assert(mood_taste_is_plain(taste));
    ck_assert_int_eq(scratch_count(), 0); /* nothing is created */
    ck_assert_int_eq(feedback_taste(scratch_path("absent.db"), &taste, &error), -1);
    Library *library = library_open(NULL, &error);
    ck_assert_msg(library != NULL, "%s", error.message);
    for (int i = 0; i < 5; i++)
        ck_assert(!feedback_add(library, &song, neutral, VERDICT_TOO_SAD, i, &error));
    library_close(library);
    ck_assert_int_eq(feedback_taste(NULL, &taste, &error), 0);
    ck_assert_float_gt(mood_for_taste(taste, neutral).valence, 0.2f);
}
END_TEST

START_TEST(exported_events_teach_another_library_the_same) {
    Library *library = song_library_open();
    say(library, 0.25f, VERDICT_TOO_CALM);
    say(library, -0.5f, VERDICT_LIKE);
    Listener here = learn(library);
    int count;
    Error error;
    const char *csv = scratch_path("events.csv");
    ck_assert_msg(!feedback_export(library, csv, &count, &error), "%s", error.message);
    ck_assert_int_eq(count, 2);
    library_close(library);
    library = library_open(scratch_path("other.db"), &error);
    ck_assert_msg(!feedback_import(library, csv, &count, &error), "%s", error.message);
    Listener there = learn(library);
    ck_assert_int_eq(there.events, 2);
    for (int i = 0; i < LIKING; i++)
        ck_assert_double_eq(there.liking[i], here.liking[i]);
    ck_assert_double_eq(there.arousal.mean[0], here.arousal.mean[0]);
    library_close(library);
}
END_TEST

START_TEST(the_reset_of_another_listener_leaves_what_was_said_here) {
    Library *library = song_library_open();
    say(library, 0.25f, VERDICT_LIKE);
    ck_assert_int_eq(feedback_reset(library, 1e9, NULL), 0);
    say(library, -0.5f, VERDICT_DISLIKE);
    int count;
    Error error;
    const char *csv = scratch_path("events.csv");
    ck_assert_msg(!feedback_export(library, csv, &count, &error), "%s", error.message);
    library_close(library);
    library = library_open(scratch_path("other.db"), &error);
    say(library, 0.5f, VERDICT_TOO_SAD);
    say(library, 0.5f, VERDICT_LIKE);
    ck_assert_msg(!feedback_import(library, csv, &count, &error), "%s", error.message);
    ck_assert_int_eq(count, 1);
    ck_assert_int_eq(learn(library).events, 3);
    library_close(library);
}
END_TEST

START_TEST(a_table_with_a_wrong_event_teaches_nothing) {
    Library *library = song_library_open();
    const char *head = "time,kind,song,hash,artist,genre,valence,arousal,wanted_valence,"
                       "wanted_arousal,tempo\n";
    const char *csv = scratch_write(
        "events.csv", text_format("%s1,like,1,1,,,0,0,,,\n2,love,1,1,,,0,0,,,\n", head));
    int count;
    Error error;
    ck_assert_int_eq(feedback_import(library, csv, &count, &error), -1);
    assert_contains(error.message, "events.csv:3: not an event");
    ck_assert_int_eq(learn(library).events, 0);
    library_close(library);
}
END_TEST

START_TEST(a_song_that_was_played_waits) {
    Library *library = song_library_open();
    ck_assert_int_eq(
        database_run(library_database(library),
                     "INSERT INTO songs(id, path, size, changed, hash, kind, present, added) "
                     "VALUES(5, X'2f61', 1, 1, 1, 0, 1, 1)",
                     NULL),
        0);
    LibrarySong song = {.id = 5, .hash = 1, .artist = "", .genre = "", .tempo = NAN};
    ck_assert_int_eq(feedback_played(library, &song, 1234, NULL), 0);
    LibrarySongs songs;
    ck_assert_int_eq(library_songs(library, &songs, NULL), 0);
    ck_assert_double_eq(songs.list[0].last_played, 1234);
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

Suite *listener_suite(void) {
    Suite *suite = suite_create("listener");
    TCase *tcase = tcase_create("listener");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, too_sad_asks_for_more_pleasant_music);
    tcase_add_test(tcase, a_verdict_that_was_expected_teaches_nothing);
    tcase_add_test(tcase, what_is_liked_is_liked_again_and_what_is_not_is_not);
    tcase_add_test(tcase, draws_scatter_less_where_more_was_said);
    tcase_add_test(tcase, undo_takes_back_what_was_said_not_how_a_song_ended);
    tcase_add_test(tcase, undo_and_reset_take_back_what_was_learnt);
    tcase_add_test(tcase, composing_learns_from_feedback_too);
    tcase_add_test(tcase, exported_events_teach_another_library_the_same);
    tcase_add_test(tcase, the_reset_of_another_listener_leaves_what_was_said_here);
    tcase_add_test(tcase, a_table_with_a_wrong_event_teaches_nothing);
    tcase_add_test(tcase, a_song_that_was_played_waits);
    suite_add_tcase(suite, tcase);
    return suite;
}
