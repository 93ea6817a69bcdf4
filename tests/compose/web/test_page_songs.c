/* The songs of a page: which one plays, for which mood, and what is remembered. */
#include "compose/web/page_songs.h"

#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#ifdef HAVE_SQLITE3

#    include <sqlite3.h>

static PageSongs *songs;
static Error error;

static PageSongs *open_songs(void) {
    PageSongs *opened = page_songs_open(scratch_path("library.db"), 1, &error);
    ck_assert_msg(opened != NULL, "%s", error.message);
    return opened;
}

/* Two songs in each corner of the plane by their folders, in two languages. */
static void set_up(void) {
    static const char *const names[] = {"happy/tamil/a.mid", "happy/hindi/b.mid", "sad/tamil/c.mid",
                                        "sad/hindi/d.mid",   "angry/tamil/e.mid", "angry/f.mid"};
    scratch_create();
    for (int i = 0; i < 6; i++)
        music_folder_add(names[i], 60 + i, i);
    Library *library = song_library_open();
    ck_assert_int_eq(song_library_add(library).songs, 6);
    library_close(library);
    songs = open_songs();
}

static void tear_down(void) {
    page_songs_close(songs);
    scratch_remove();
}

static void wish(QueueSource source, const char *languages, double now) {
    PageSongsWish wanted = {.source = source};
    snprintf(wanted.languages, sizeof wanted.languages, "%s", languages);
    ck_assert_msg(!page_songs_wish(songs, &wanted, now, &error), "%s", error.message);
}

static void feel(Emotion emotion, double from, double to) {
    for (double now = from; now < to; now += 0.2)
        page_songs_feel(songs, mood_of_emotion(emotion), false, true, now);
}

/* A text of what plays, "" for nothing; it lasts until the next call. */
static const char *playing(const char *name) {
    static char text[PAGE_SONGS_PATH];
    json_t *json = page_songs_json(songs, 0);
    const char *value = json_string_value(json_object_get(json_object_get(json, "playing"), name));
    snprintf(text, sizeof text, "%s", value ? value : "");
    json_decref(json);
    return text;
}

static const char *path(void) {
    static char text[PAGE_SONGS_PATH];
    MoodSource kind;
    ck_assert(page_songs_find(songs, playing("id"), text, &kind));
    ck_assert_int_eq(kind, MOOD_FROM_NOTES);
    return text;
}

static int learnt(void) {
    json_t *json = page_songs_json(songs, 0);
    int events = (int)json_integer_value(json_object_get(json, "learnt"));
    json_decref(json);
    return events;
}

START_TEST(nothing_plays_before_it_is_wished) {
    char found[PAGE_SONGS_PATH];
    MoodSource kind;
    feel(EMOTION_HAPPY, 0, 2);
    ck_assert_str_eq(playing("id"), "");
    ck_assert(page_songs_composes(songs));
    ck_assert(!page_songs_find(songs, "", found, &kind));
    ck_assert_int_eq(page_songs_say(songs, VERDICT_LIKE, &error), -1);
    assert_contains(error.message, "nothing is playing");
    ck_assert_int_eq(page_songs_next(songs, 2, &error), 0);
    ck_assert_str_eq(playing("id"), "");
}
END_TEST

START_TEST(the_song_suits_the_mood_and_makes_way_for_another_one) {
    feel(EMOTION_SAD, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    ck_assert(!page_songs_composes(songs));
    assert_contains(path(), "/sad/");
    assert_contains(playing("why"), "by its folder");
    char id[GATE_TOKEN + 1];
    snprintf(id, sizeof id, "%s", playing("id"));
    feel(EMOTION_HAPPY, 1, 3); /* a smile in passing */
    ck_assert_str_eq(playing("id"), id);
    feel(EMOTION_SAD, 3, 20);
    ck_assert_str_eq(playing("id"), id);
    feel(EMOTION_HAPPY, 20, 34);
    ck_assert_str_ne(playing("id"), id);
    assert_contains(path(), "/happy/");
    MoodSource kind;
    char before[PAGE_SONGS_PATH]; /* it still fades */
    ck_assert(page_songs_find(songs, id, before, &kind));
    assert_contains(before, "/sad/");
}
END_TEST

START_TEST(a_song_that_waits_makes_way_only_when_it_goes_on) {
    feel(EMOTION_SAD, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    feel(EMOTION_SAD, 1, 20);
    char id[GATE_TOKEN + 1];
    snprintf(id, sizeof id, "%s", playing("id"));
    for (double now = 20; now < 60; now += 0.2)
        page_songs_feel(songs, mood_of_emotion(EMOTION_HAPPY), false, false, now);
    ck_assert_str_eq(playing("id"), id);
    feel(EMOTION_HAPPY, 60, 74);
    ck_assert_str_ne(playing("id"), id);
}
END_TEST

START_TEST(a_mood_set_by_hand_counts_when_it_rests) {
    page_songs_feel(songs, mood_of_emotion(EMOTION_SAD), true, true, 0);
    wish(QUEUE_SONGS, "", 0);
    assert_contains(path(), "/sad/");
    page_songs_feel(songs, mood_of_emotion(EMOTION_ANGRY), true, true, 5);
    page_songs_feel(songs, mood_of_emotion(EMOTION_HAPPY), true, true, 5.4);
    assert_contains(path(), "/sad/");
    page_songs_feel(songs, mood_of_emotion(EMOTION_HAPPY), true, true, 6.4);
    assert_contains(path(), "/happy/");
}
END_TEST

START_TEST(the_song_before_a_wish_can_still_be_fetched) {
    char id[GATE_TOKEN + 1], before[PAGE_SONGS_PATH];
    MoodSource kind;
    feel(EMOTION_SAD, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    snprintf(id, sizeof id, "%s", playing("id"));
    wish(QUEUE_SONGS, "ta", 2);
    ck_assert(page_songs_find(songs, id, before, &kind));
    snprintf(id, sizeof id, "%s", playing("id"));
    wish(QUEUE_COMPOSE, "", 3);
    wish(QUEUE_COMPOSE, "", 4);
    ck_assert(page_songs_find(songs, id, before, &kind));
}
END_TEST

START_TEST(languages_are_filtered_and_a_wish_that_leaves_no_song_changes_nothing) {
    feel(EMOTION_HAPPY, 0, 1);
    wish(QUEUE_SONGS, "ta", 1);
    ck_assert_str_eq(playing("language"), "ta");
    assert_contains(path(), "happy/tamil");
    wish(QUEUE_SONGS, "hi", 2);
    assert_contains(path(), "happy/hindi");
    char id[GATE_TOKEN + 1];
    snprintf(id, sizeof id, "%s", playing("id"));
    PageSongsWish none = {.source = QUEUE_SONGS, .genre = "polka"};
    ck_assert_int_eq(page_songs_wish(songs, &none, 3, &error), -1);
    assert_contains(error.message, "no song in the library matches");
    ck_assert_str_eq(playing("id"), id);
    ck_assert_str_eq(page_songs_wished(songs).languages, "hi");
    ck_assert_str_eq(page_songs_wished(songs).genre, "");
}
END_TEST

START_TEST(only_what_plays_can_end_and_what_fails_is_not_tried_again) {
    feel(EMOTION_SAD, 0, 1);
    wish(QUEUE_SONGS, "ta", 1);
    char first[PAGE_SONGS_PATH], id[GATE_TOKEN + 1];
    snprintf(first, sizeof first, "%s", path());
    snprintf(id, sizeof id, "%s", playing("id"));
    ck_assert_int_eq(page_songs_ended(songs, "0123", false, 2, &error), 0);
    ck_assert_str_eq(playing("id"), id);
    ck_assert_int_eq(page_songs_ended(songs, id, true, 2, &error), 0);
    for (int i = 0; i < 8; i++) {
        ck_assert_str_ne(path(), first);
        ck_assert_int_eq(page_songs_ended(songs, playing("id"), false, 3 + i, &error), 0);
    }
}
END_TEST

static sqlite3 *open_database(void) {
    sqlite3 *database;
    ck_assert_int_eq(sqlite3_open(scratch_path("library.db"), &database), SQLITE_OK);
    return database;
}

/* How many plays the library has recorded. */
static int plays_recorded(void) {
    sqlite3 *database = open_database();
    sqlite3_stmt *query;
    ck_assert_int_eq(sqlite3_prepare_v2(database, "SELECT count(*) FROM events WHERE kind = 'play'",
                                        -1, &query, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(query), SQLITE_ROW);
    int count = sqlite3_column_int(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(database);
    return count;
}

static void assert_trouble(const char *expected) {
    json_t *json = page_songs_json(songs, 0);
    const char *said = json_string_value(json_object_get(json, "error"));
    ck_assert_ptr_nonnull(said);
    assert_contains(said, expected);
    json_decref(json);
}

START_TEST(a_song_is_played_when_it_has_been_heard) {
    feel(EMOTION_SAD, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    feel(EMOTION_SAD, 1, 5);
    ck_assert_int_eq(plays_recorded(), 0);
    feel(EMOTION_SAD, 5, 12);
    ck_assert_int_eq(plays_recorded(), 1);
    ck_assert_int_eq(page_songs_ended(songs, playing("id"), false, 12, &error), 0);
    ck_assert_int_eq(plays_recorded(), 1);
    ck_assert_int_eq(page_songs_say(songs, VERDICT_LIKE, &error), 0);
    ck_assert_int_eq(plays_recorded(), 2);
}
END_TEST

START_TEST(songs_that_all_fail_leave_no_trace_but_a_message) {
    int failed = 0;
    feel(EMOTION_SAD, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    for (; *playing("id"); failed++)
        ck_assert_int_eq(page_songs_ended(songs, playing("id"), true, 1 + failed, &error), 0);
    ck_assert_int_eq(failed, 6);
    ck_assert_int_eq(plays_recorded(), 0);
    feel(EMOTION_SAD, 10, 20);
    ck_assert_str_eq(playing("id"), "");
    ck_assert_int_eq(page_songs_next(songs, 20, &error), 0);
    assert_trouble("no song is left that can be played");
}
END_TEST

START_TEST(not_all_songs_are_tried_where_one_after_another_fails) {
    for (int i = 0; i < 30; i++)
        music_folder_add(text_format("sad/more-%d.mid", i), 50 + i, i);
    Library *library = song_library_open();
    song_library_scan(library);
    library_close(library);
    page_songs_close(songs);
    songs = open_songs();
    feel(EMOTION_SAD, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    int failed = 0;
    for (; failed < 36 && *playing("id"); failed++)
        ck_assert_int_eq(page_songs_ended(songs, playing("id"), true, 1 + failed, &error), 0);
    ck_assert_int_eq(failed, 20);
    ck_assert_int_eq(page_songs_next(songs, 30, &error), 0);
    ck_assert_str_ne(playing("id"), "");
}
END_TEST

START_TEST(the_next_song_plays_where_the_library_cannot_record) {
    feel(EMOTION_SAD, 0, 1);
    wish(QUEUE_SONGS, "ta", 1);
    sqlite3 *database = open_database();
    ck_assert_int_eq(sqlite3_exec(database,
                                  "CREATE TRIGGER full BEFORE INSERT ON events BEGIN "
                                  "SELECT RAISE(ABORT, 'no room'); END",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);
    for (int next = 0; next < 2; next++) {
        char id[GATE_TOKEN + 1];
        feel(EMOTION_SAD, 1 + 20 * next, next ? 24 : 21);
        snprintf(id, sizeof id, "%s", playing("id"));
        ck_assert_int_eq(next ? page_songs_next(songs, 24, &error)
                              : page_songs_ended(songs, id, false, 21, &error),
                         -1);
        assert_contains(error.message, "no room");
        ck_assert_str_ne(playing("id"), "");
        ck_assert_str_ne(playing("id"), id);
    }
}
END_TEST

START_TEST(what_is_said_is_learnt_and_kept_and_can_be_taken_back) {
    feel(EMOTION_HAPPY, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    ck_assert_int_eq(learnt(), 0);
    ck_assert_int_eq(page_songs_say(songs, VERDICT_LIKE, &error), 0);
    ck_assert_int_eq(page_songs_say(songs, VERDICT_TOO_WILD, &error), 0);
    ck_assert_int_eq(learnt(), 2);
    page_songs_close(songs);
    songs = open_songs();
    ck_assert_int_eq(learnt(), 2);
    ck_assert_int_eq(page_songs_undo(songs, &error), 0);
    ck_assert_int_eq(learnt(), 1);
    ck_assert_int_eq(page_songs_undo(songs, &error), 0);
    ck_assert_int_eq(page_songs_undo(songs, &error), -1);
    assert_contains(error.message, "nothing to take back");
}
END_TEST

START_TEST(a_song_left_early_was_not_liked_much) {
    feel(EMOTION_HAPPY, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    feel(EMOTION_HAPPY, 1, 10);
    ck_assert_int_eq(page_songs_next(songs, 10, &error), 0);
    ck_assert_int_eq(page_songs_next(songs, 10.2, &error), 0); /* a double click */
    ck_assert_int_eq(learnt(), 1);
    feel(EMOTION_HAPPY, 10, 50);
    ck_assert_int_eq(page_songs_next(songs, 50, &error), 0);
    ck_assert_int_eq(learnt(), 1);
}
END_TEST

START_TEST(a_song_that_is_sought_to_its_end_was_not_heard) {
    double now = 1;
    feel(EMOTION_HAPPY, 0, now);
    wish(QUEUE_SONGS, "", now);
    for (int whole = 0; whole < 2; whole++) {
        double end = now + (whole ? 30 : 8);
        feel(EMOTION_HAPPY, now, end);
        ck_assert_int_eq(page_songs_ended(songs, playing("id"), false, end, &error), 0);
        ck_assert_int_eq(learnt(), whole);
        ck_assert_int_eq(plays_recorded(), 1 + whole);
        now = end;
    }
}
END_TEST

START_TEST(composed_pieces_take_their_turn_and_end_after_their_time) {
    int composed = 0, chosen = 0;
    feel(EMOTION_HAPPY, 0, 1);
    wish(QUEUE_MIX, "", 1);
    double now = 1;
    for (int turn = 0; turn < 12; turn++) {
        char id[GATE_TOKEN + 1];
        snprintf(id, sizeof id, "%s", playing("id"));
        if (page_songs_composes(songs)) {
            composed++;
            feel(EMOTION_HAPPY, now, now + 92);
            ck_assert_str_ne(playing("id"), id);
        } else {
            chosen++;
            feel(EMOTION_HAPPY, now, now + 92);
            ck_assert_int_eq(page_songs_ended(songs, id, false, now + 92, &error), 0);
        }
        now += 92;
    }
    ck_assert_int_gt(composed, 0);
    ck_assert_int_gt(chosen, 0);
    wish(QUEUE_COMPOSE, "", now);
    ck_assert_str_eq(playing("id"), "");
}
END_TEST

START_TEST(strictly_no_song_of_unknown_language_plays) {
    PageSongsWish tamil = {.source = QUEUE_SONGS, .languages = "ta"};
    feel(EMOTION_ANGRY, 0, 1);
    for (int strict = 0; strict < 2; strict++) {
        int unknown = 0;
        tamil.strict = strict;
        ck_assert_int_eq(page_songs_wish(songs, &tamil, 1, &error), 0);
        for (int i = 0; i < 6; i++) {
            unknown += !*playing("language");
            ck_assert_int_eq(page_songs_ended(songs, playing("id"), false, 2 + i, &error), 0);
        }
        ck_assert_int_eq(unknown > 0, !strict);
    }
}
END_TEST

START_TEST(reasons_are_told_as_values) {
    feel(EMOTION_HAPPY, 0, 1);
    wish(QUEUE_SONGS, "", 1);
    ck_assert_int_eq(page_songs_ended(songs, playing("id"), false, 2, &error), 0);
    json_t *json = page_songs_json(songs, 3);
    const json_t *reasons = json_object_get(json_object_get(json, "playing"), "reasons"),
                 *mood = json_object_get(reasons, "mood");
    ck_assert_str_eq(json_string_value(json_object_get(mood, "by")), "folder");
    ck_assert(json_is_real(json_object_get(mood, "valence")));
    ck_assert(json_is_real(json_object_get(reasons, "faster")));
    json_decref(json);
    wish(QUEUE_MIX, "", 4);
    for (int i = 0; i < 12 && !page_songs_composes(songs); i++)
        ck_assert_int_eq(page_songs_ended(songs, playing("id"), false, 4 + i, &error), 0);
    json = page_songs_json(songs, 20);
    reasons = json_object_get(json_object_get(json, "playing"), "reasons");
    ck_assert(json_is_true(json_object_get(reasons, "composed")));
    json_decref(json);
}
END_TEST

START_TEST(what_there_is_to_choose_from_is_counted) {
    json_t *choices = page_songs_choices(songs);
    ck_assert_int_eq(json_integer_value(json_object_get(choices, "count")), 6);
    const json_t *languages = json_object_get(choices, "languages");
    ck_assert_int_eq(json_integer_value(json_object_get(languages, "ta")), 3);
    ck_assert_int_eq(json_integer_value(json_object_get(languages, "hi")), 2);
    json_decref(choices);
}
END_TEST

START_TEST(names_that_are_no_text_are_shown_as_text) {
    music_folder_add("surprise/bengali/\xff<b>\x1b.mid", 70, 1);
    Library *library = song_library_open();
    song_library_scan(library);
    library_close(library);
    page_songs_close(songs);
    songs = open_songs();
    page_songs_feel(songs, mood_of_emotion(EMOTION_SURPRISE), true, true, 0);
    PageSongsWish bengali = {.source = QUEUE_SONGS, .languages = "bn"};
    ck_assert_int_eq(page_songs_wish(songs, &bengali, 0, &error), 0);
    for (int i = 0; i < 4 && strcmp(playing("language"), "bn") != 0; i++)
        ck_assert_int_eq(page_songs_next(songs, 1, &error), 0);
    ck_assert_str_eq(playing("title"), "\\xFF<b>\\x1B");
}
END_TEST

#endif

Suite *page_songs_suite(void) {
    Suite *suite = suite_create("page_songs");
    TCase *tcase = tcase_create("page songs");
#ifdef HAVE_SQLITE3
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, nothing_plays_before_it_is_wished);
    tcase_add_test(tcase, the_song_suits_the_mood_and_makes_way_for_another_one);
    tcase_add_test(tcase, a_song_that_waits_makes_way_only_when_it_goes_on);
    tcase_add_test(tcase, a_mood_set_by_hand_counts_when_it_rests);
    tcase_add_test(tcase, the_song_before_a_wish_can_still_be_fetched);
    tcase_add_test(tcase, languages_are_filtered_and_a_wish_that_leaves_no_song_changes_nothing);
    tcase_add_test(tcase, only_what_plays_can_end_and_what_fails_is_not_tried_again);
    tcase_add_test(tcase, a_song_is_played_when_it_has_been_heard);
    tcase_add_test(tcase, songs_that_all_fail_leave_no_trace_but_a_message);
    tcase_add_test(tcase, not_all_songs_are_tried_where_one_after_another_fails);
    tcase_add_test(tcase, the_next_song_plays_where_the_library_cannot_record);
    tcase_add_test(tcase, what_is_said_is_learnt_and_kept_and_can_be_taken_back);
    tcase_add_test(tcase, a_song_left_early_was_not_liked_much);
    tcase_add_test(tcase, a_song_that_is_sought_to_its_end_was_not_heard);
    tcase_add_test(tcase, composed_pieces_take_their_turn_and_end_after_their_time);
    tcase_add_test(tcase, strictly_no_song_of_unknown_language_plays);
    tcase_add_test(tcase, reasons_are_told_as_values);
    tcase_add_test(tcase, what_there_is_to_choose_from_is_counted);
    tcase_add_test(tcase, names_that_are_no_text_are_shown_as_text);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
