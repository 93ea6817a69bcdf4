/* Folders of pieces are told apart where they differ, and not where they don't. */
#include "compose/evaluate/apart.h"

#include "datasets/music/midi.h"
#include "nn/base/rng.h"
#include "nn/io/file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

static const ApartSettings all = {.loudness = true}, without_loudness = {.loudness = false};
static int loudness; /* added to the velocities */

/* Forty notes of an arpeggio with random steps, from `pitch` on. */
static void write_piece(const char *folder, int number, int pitch, uint64_t seed) {
    Song *song = song_create(96);
    Rng rng = rng_seed(seed);
    int status = song_add_track(song, "Piano", NULL);
    for (uint32_t i = 0; i < 40; i++) {
        SongNote note = {.onset = 48 * i,
                         .release = 48 * i + 40,
                         .pitch = (uint8_t)(pitch + (int)rng_below(rng, i, 12)),
                         .velocity = (uint8_t)(60 + loudness + (int)rng_below(rng, 100 + i, 30))};
        status |= song_add_note(song, note, NULL);
    }
    status |= song_finish(song, NULL);
    const char *path = scratch_path(text_format("%s/piece%c.mid", folder, 'a' + number));
    ck_assert_int_eq(status | midi_write(song, path, NULL), 0);
    song_free(song);
}

static void make_folder(const char *name, int pitch, int seed) {
    ck_assert_int_eq(directory_create(scratch_path(name), NULL), 0);
    for (int i = 0; i < 20; i++)
        write_piece(name, i, pitch, (uint64_t)(seed + i));
}

/* "…/one,…/other" */
static const char *both(const char *one, const char *other) {
    return text_format("%s,%s", scratch_path(one), scratch_path(other));
}

START_TEST(what_differs_is_told_apart) {
    Apart apart;
    Error error;
    make_folder("low", 40, 0);
    make_folder("high", 70, 100);
    ck_assert_msg(!apart_measure(both("low", "high"), NULL, &all, &apart, &error), "%s",
                  error.message);
    ck_assert_int_eq(apart.pieces[0], 20);
    ck_assert_double_gt(apart_accuracy(&apart), 0.95);
    ck_assert_double_gt(apart.auc, 0.99);
    ck_assert_int_eq(music_feature_group(apart.alone[0].feature), 1); /* pitches */
    ck_assert_double_gt(apart.alone[0].auc, 0.99);
    ck_assert_double_ge(apart.alone[0].auc, apart.alone[APART_FEATURES - 1].auc);
}
END_TEST

START_TEST(what_is_alike_is_not) {
    Apart apart;
    make_folder("one", 60, 0);
    make_folder("other", 60, 100);
    ck_assert_int_eq(apart_measure(both("one", "other"), NULL, &all, &apart, NULL), 0);
    ck_assert_double_lt(apart.auc, 0.8);
    ck_assert_double_gt(apart.auc, 0.2);
}
END_TEST

START_TEST(loudness_can_be_left_out) {
    Apart with, without;
    loudness = 0;
    make_folder("soft", 60, 0);
    loudness = 30;
    make_folder("loud", 60, 100);
    loudness = 0;
    ck_assert_int_eq(apart_measure(both("soft", "loud"), NULL, &all, &with, NULL), 0);
    ck_assert_int_eq(apart_measure(both("soft", "loud"), NULL, &without_loudness, &without, NULL),
                     0);
    ck_assert_double_gt(with.auc, 0.95);
    ck_assert_double_lt(without.auc, 0.9);
}
END_TEST

START_TEST(other_folders_are_heard_by_what_was_learnt) {
    Apart apart;
    make_folder("low", 40, 0);
    make_folder("high", 70, 100);
    make_folder("lower", 42, 200);
    make_folder("higher", 72, 300);
    ck_assert_int_eq(
        apart_measure(both("low", "high"), both("higher", "lower"), &all, &apart, NULL), 0);
    ck_assert_int_eq(apart.heard[0][1], 20);
    ck_assert_int_eq(apart.heard[1][0], 20);
    ck_assert_double_eq(apart_accuracy(&apart), 0);
}
END_TEST

START_TEST(a_folder_without_a_readable_piece_is_told) {
    Apart apart;
    Error error;
    make_folder("low", 40, 0);
    make_folder("high", 70, 100);
    ck_assert_int_eq(directory_create(scratch_path("junk"), NULL), 0);
    scratch_write("junk/a.mid", "no music");
    ck_assert_int_eq(apart_measure(both("low", "junk"), NULL, &all, &apart, &error), -1);
    assert_contains(error.message, "junk: none of 1 files can be read");
    ck_assert_int_eq(apart_measure(both("low", "high"), both("high", "junk"), &all, &apart, &error),
                     -1);
    assert_contains(error.message, "junk: none of 1 files can be read");
}
END_TEST

START_TEST(wrong_lists_are_refused) {
    Apart apart;
    Error error;
    make_folder("low", 40, 0);
    ck_assert_int_eq(apart_measure(scratch_path("low"), NULL, &all, &apart, &error), -1);
    assert_contains(error.message, "--apart: 1 folders");
    ck_assert_int_eq(apart_measure(both("low", "low"), scratch_path("low"), &all, &apart, &error),
                     -1);
    assert_contains(error.message, "--heard names 1");
}
END_TEST

Suite *apart_suite(void) {
    Suite *suite = suite_create("apart");
    TCase *tcase = tcase_create("apart");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, what_differs_is_told_apart);
    tcase_add_test(tcase, what_is_alike_is_not);
    tcase_add_test(tcase, loudness_can_be_left_out);
    tcase_add_test(tcase, other_folders_are_heard_by_what_was_learnt);
    tcase_add_test(tcase, a_folder_without_a_readable_piece_is_told);
    tcase_add_test(tcase, wrong_lists_are_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
