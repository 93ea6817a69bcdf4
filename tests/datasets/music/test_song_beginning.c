/* The first seconds or bars of a song. */
#include "datasets/music/song_beginning.h"

#include "datasets/music/music_encode.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>

enum { QUARTER = 100 };

/* A note on each quarter, an upbeat of two quarters before them, at 120 and then at 60 quarters a
 * minute, in 3/4. Each lasts two quarters. */
static Song *waltz(void) {
    Song *song = song_create(QUARTER);
    ck_assert_int_eq(song_add_track(song, "piano", NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 0, 3, 4, NULL), 0);
    ck_assert_int_eq(song_add_tempo(song, 0, 500000, NULL), 0);
    ck_assert_int_eq(song_add_tempo(song, 9 * QUARTER, 1000000, NULL), 0);
    for (uint32_t i = 0; i < 30; i++) {
        SongNote note = {.onset = (1 + i) * QUARTER - (i % 3 == 2), /* a tick early on the one */
                         .release = (3 + i) * QUARTER,
                         .pitch = (uint8_t)(60 + i),
                         .velocity = 80};
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    }
    ck_assert_int_eq(song_finish(song, NULL), 0);
    return song;
}

static void assert_part(const Song *part, const Song *whole, int notes, uint32_t end) {
    ck_assert_ptr_nonnull(part);
    ck_assert_int_eq(part->n_notes, notes);
    ck_assert_uint_eq(part->ticks, end);
    ck_assert_int_eq(part->grid, SONG_GRID_METRIC);
    ck_assert_int_eq(part->meters[0].numerator, 3);
    ck_assert_str_eq(part->tracks[0].name, "piano");
    for (int i = 0; i < notes; i++) {
        ck_assert_int_eq(part->notes[i].pitch, whole->notes[i].pitch);
        ck_assert_double_eq(part->notes[i].start, whole->notes[i].start);
    }
}

START_TEST(bars_are_counted_from_that_of_the_first_note) {
    Song *song = waltz();
    for (int bars = 1; bars <= 9; bars++) {
        Song *part = song_first_bars(song, bars, NULL);
        assert_part(part, song, 3 * bars - 1, (uint32_t)bars * 3 * QUARTER);
        song_free(part);
    }
    Song *all = song_first_bars(song, 20, NULL);
    assert_part(all, song, 30, song->ticks);
    song_free(all);
    song_free(song);
}
END_TEST

START_TEST(seconds_are_counted_from_the_first_note_through_changes_of_tempo) {
    Song *song = waltz();
    Song *part = song_first_seconds(song, 6.0, NULL); /* four of eight quarters, two of two */
    assert_part(part, song, 10, 11 * QUARTER);
    song_free(part);
    part = song_first_seconds(song, 0.1, NULL);
    assert_part(part, song, 1, QUARTER + 20);
    song_free(part);
    part = song_first_seconds(song, 1000, NULL);
    assert_part(part, song, 30, song->ticks);
    song_free(part);
    song_free(song);
}
END_TEST

START_TEST(what_keeps_to_no_beat_has_no_bars) {
    Error error = {""};
    Song *song = waltz();
    song->grid = SONG_GRID_PERFORMED;
    ck_assert_ptr_null(song_first_bars(song, 2, &error));
    assert_contains(error.message, "no bars; say how many seconds");
    song_free(song);
}
END_TEST

/* As of the whole file, whose word for its key is not taken: most say C major whatever they are in.
 */
START_TEST(a_part_has_the_key_and_the_lag_of_the_whole) {
    static const uint8_t chords[][3] = {{57, 60, 64}, {62, 65, 69}, {52, 56, 59}, {57, 60, 64}};
    Song *song = song_create(480);
    int status = song_add_track(song, "piano", NULL) | song_add_key(song, 0, 0, false, NULL);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t onset = 480 * i + 20; /* half a twelfth late */
        for (int k = 0; k < 3; k++) {
            const SongNote note = {.onset = onset,
                                   .release = onset + 400,
                                   .pitch = chords[i / 4 % 4][k],
                                   .velocity = 80};
            status |= song_add_note(song, note, NULL);
        }
    }
    ck_assert_int_eq(status | song_finish(song, NULL), 0);
    double lag, part_lag;
    ck_assert_int_eq(music_grid(song, &lag), SONG_GRID_METRIC);
    ck_assert_double_gt(lag, 0.1);
    Song *part = song_first_bars(song, 4, NULL);
    ck_assert_int_eq(music_grid(part, &part_lag), SONG_GRID_METRIC);
    ck_assert_double_eq(part_lag, lag);
    ck_assert_int_eq(part->n_keys, 1);
    ck_assert_int_eq(part->keys[0].tonic, 9);
    ck_assert(part->keys[0].minor);
    song_free(part);
    song_free(song);
}
END_TEST

START_TEST(meters_that_no_bar_can_have_are_passed_over) {
    static const int meters[][2] = {{0, 4}, {1, 1 << 30}};
    Song *song = waltz();
    ck_assert_int_eq(song_add_meter(song, 6 * QUARTER, meters[_i][0], meters[_i][1], NULL), 0);
    ck_assert_int_eq(song_finish(song, NULL), 0);
    Song *part = song_first_bars(song, 4, NULL);
    assert_part(part, song, 11, 12 * QUARTER);
    song_free(part);
    song_free(song);
}
END_TEST

Suite *song_beginning_suite(void) {
    Suite *suite = suite_create("song_beginning");
    TCase *tcase = tcase_create("song_beginning");
    tcase_add_test(tcase, bars_are_counted_from_that_of_the_first_note);
    tcase_add_test(tcase, seconds_are_counted_from_the_first_note_through_changes_of_tempo);
    tcase_add_test(tcase, what_keeps_to_no_beat_has_no_bars);
    tcase_add_test(tcase, a_part_has_the_key_and_the_lag_of_the_whole);
    tcase_add_loop_test(tcase, meters_that_no_bar_can_have_are_passed_over, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
