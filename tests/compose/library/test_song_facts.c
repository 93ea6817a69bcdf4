#include "compose/library/song_facts.h"

#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <string.h>

static const char *path;
static SongFacts facts;

static void set_up(void) {
    scratch_create();
    music_folder_add("a.mid", 60, 0);
    path = scratch_path("music/a.mid");
    song_facts_read(path, &facts);
    ck_assert_str_eq(facts.failure, "");
    ck_assert_int_eq(facts.n_features, MUSIC_FEATURES);
}

static void assert_damaged(void) {
    song_facts_check(path, &facts);
    assert_contains(facts.failure, "damaged");
    ck_assert_int_eq((int)facts.kind, MOOD_FROM_NOTES);
    ck_assert_int_eq(facts.n_features, 0);
    ck_assert(!facts.minor);
}

START_TEST(facts_without_damage_stay) {
    SongFacts before;
    memcpy(&before, &facts, sizeof before);
    song_facts_check(path, &facts);
    ck_assert_mem_eq(&facts, &before, sizeof facts);
    facts.n_features = 0;
    song_facts_check(path, &facts);
    ck_assert_str_eq(facts.failure, "");
}
END_TEST

START_TEST(a_wrong_number_of_features_is_a_failure) {
    static const int wrong[] = {-1, 1, AUDIO_FEATURES, MUSIC_FEATURES + 1, 1 << 30};
    facts.n_features = wrong[_i];
    assert_damaged();
}
END_TEST

START_TEST(a_wrong_kind_is_a_failure) {
    static const int wrong[] = {MOOD_FROM_SOUND, MOOD_SOURCES, -1};
    memcpy(&facts.kind, &wrong[_i], sizeof facts.kind);
    assert_damaged();
}
END_TEST

START_TEST(a_mode_that_is_neither_is_a_failure) {
    memset(&facts.minor, 77, 1);
    assert_damaged();
}
END_TEST

START_TEST(all_texts_end) {
    memset(&facts.tags, 'x', sizeof facts.tags);
    memset(facts.failure, 'x', sizeof facts.failure);
    song_facts_check(path, &facts);
    const char *const texts[] = {facts.tags.title, facts.tags.artist,   facts.tags.album,
                                 facts.tags.genre, facts.tags.language, facts.tags.mood};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_uint_eq(strnlen(texts[i], AUDIO_TAG), AUDIO_TAG - 1);
    ck_assert_uint_eq(strnlen(facts.failure, SONG_FAILURE), SONG_FAILURE - 1);
}
END_TEST

Suite *song_facts_suite(void) {
    Suite *suite = suite_create("song_facts");
    TCase *tcase = tcase_create("damage");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_add_test(tcase, facts_without_damage_stay);
    tcase_add_loop_test(tcase, a_wrong_number_of_features_is_a_failure, 0, 5);
    tcase_add_loop_test(tcase, a_wrong_kind_is_a_failure, 0, 3);
    tcase_add_test(tcase, a_mode_that_is_neither_is_a_failure);
    tcase_add_test(tcase, all_texts_end);
    suite_add_tcase(suite, tcase);
    return suite;
}
