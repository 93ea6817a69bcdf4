#include "compose/sound/strokes.h"

#include "tests/support/played_songs.h"

#include <check.h>
#include <stdlib.h>

/* Plays the strokes; the releases that are due are those of the notes, by index, in `released`. */
static int releases_due(const Song *song, int *released) {
    Error error;
    Keyboard keyboard = {0};
    Stroke *strokes = strokes_of(song, &error);
    ck_assert_msg(strokes != NULL, "%s", error.message);
    int count = 0;
    for (int i = 0; i < 2 * song->n_notes; i++) {
        const SongNote *note = &song->notes[strokes[i].note];
        if (strokes[i].strike)
            keyboard_strike(&keyboard, note->channel, note->pitch, strokes[i].note);
        else if (keyboard_release(&keyboard, note->channel, note->pitch, strokes[i].note))
            released[count++] = strokes[i].note;
    }
    free(strokes);
    return count;
}

START_TEST(strokes_are_in_order_and_releases_come_first) {
    Song *song = struck_again_song(0);
    Stroke *strokes = strokes_of(song, NULL);
    const Stroke expected[] = {{0, 0, true}, {0.5, 0, false}, {0.5, 1, true}, {2, 1, false}};
    for (int i = 0; i < 4; i++) {
        ck_assert_double_eq_tol(strokes[i].time, expected[i].time, 1e-9);
        ck_assert_int_eq(strokes[i].note, expected[i].note);
        ck_assert_int_eq(strokes[i].strike, expected[i].strike);
    }
    free(strokes);
    song_free(song);
}
END_TEST

START_TEST(a_key_that_is_struck_again_is_released_once) {
    int released[2];
    Song *apart = struck_again_song(0), *overlapping = struck_again_song(24);
    ck_assert_int_eq(releases_due(apart, released), 2);
    ck_assert_int_eq(released[0], 0);
    ck_assert_int_eq(released[1], 1);
    ck_assert_int_eq(releases_due(overlapping, released), 1);
    ck_assert_int_eq(released[0], 1);
    song_free(apart);
    song_free(overlapping);
}
END_TEST

START_TEST(keys_are_of_a_channel_and_a_pitch) {
    Keyboard keyboard = {0};
    keyboard_strike(&keyboard, 0, 60, 0);
    keyboard_strike(&keyboard, 1, 60, 1);
    keyboard_strike(&keyboard, 0, 61, 2);
    ck_assert(keyboard_release(&keyboard, 0, 60, 0));
    ck_assert(!keyboard_release(&keyboard, 0, 60, 0));
    ck_assert(keyboard_release(&keyboard, 1, 60, 1));
    ck_assert(keyboard_release(&keyboard, 0, 61, 2));
    ck_assert(!keyboard_release(&keyboard, 15, 127, 0));
}
END_TEST

Suite *strokes_suite(void) {
    Suite *suite = suite_create("strokes");
    TCase *tests = tcase_create("strokes");
    tcase_add_test(tests, strokes_are_in_order_and_releases_come_first);
    tcase_add_test(tests, a_key_that_is_struck_again_is_released_once);
    tcase_add_test(tests, keys_are_of_a_channel_and_a_pitch);
    suite_add_tcase(suite, tests);
    return suite;
}
