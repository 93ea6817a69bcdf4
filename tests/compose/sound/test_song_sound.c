/* Songs as streams of sound. */
#include "compose/sound/song_sound.h"

#include "compose/sound/sound_format.h"
#include "tests/support/played_songs.h"

#include <check.h>

enum { HALF = SOUND_RATE / 2 };

/* The mean square of each half second from `start` on, which is sought after the first. */
static void play(const Song *song, double start, const Bend *bend, double *levels, int count) {
    static float samples[HALF * SOUND_CHANNELS];
    Error error;
    SongSound *sound = song_sound_open(song, NULL, &error);
    ck_assert_msg(sound != NULL, "%s", error.message);
    if (start > 0) {
        ck_assert_int_eq(song_sound_read(sound, samples, HALF), HALF);
        song_sound_seek(sound, start);
    }
    if (bend)
        ck_assert_int_eq(song_sound_bend(sound, bend, &error), 0);
    for (int i = 0; i < count; i++) {
        ck_assert_int_eq(song_sound_read(sound, samples, HALF), HALF);
        levels[i] = mean_square(samples, HALF);
    }
    song_sound_close(sound);
}

START_TEST(a_late_release_does_not_end_the_next_note) {
    const Bend higher = {.tempo = 1, .articulation = 1, .semitones = 3, .program = -1};
    for (int bent = 0; bent < 2 && songs_can_be_played(); bent++) {
        double apart[3], overlapping[3];
        Song *song = struck_again_song(0), *late = struck_again_song(24);
        play(song, 0, bent ? &higher : NULL, apart, 3);
        play(late, 0, bent ? &higher : NULL, overlapping, 3);
        ck_assert_double_gt(apart[2], 1e-6);
        ck_assert_double_gt(overlapping[2], apart[2] / 2);
        ck_assert_double_lt(overlapping[2], apart[2] * 2);
        song_free(song);
        song_free(late);
    }
}
END_TEST

/* The first note, which began before the place that was sought, is released within the second. */
START_TEST(a_note_from_before_a_seek_does_not_end_another) {
    double levels[3];
    if (!songs_can_be_played())
        return;
    Song *song = struck_again_song(480);
    play(song, 0.4, NULL, levels, 3);
    ck_assert_double_gt(levels[0], 1e-6);
    ck_assert_double_gt(levels[2], levels[0] / 2);
    song_free(song);
}
END_TEST

/* The first note is struck at the pitch that the second has after the bend. */
START_TEST(a_note_from_before_a_bend_does_not_end_another) {
    enum { HIGHER = 3 };
    static float samples[HALF * SOUND_CHANNELS];
    const Bend plain = {.tempo = 1, .articulation = 1, .program = -1};
    Bend higher = plain;
    double levels[4];
    higher.semitones = HIGHER;
    if (!songs_can_be_played())
        return;
    Song *song = struck_again_song(240);
    song->notes[1].pitch += HIGHER;
    SongSound *sound = song_sound_open(song, NULL, NULL);
    ck_assert_ptr_nonnull(sound);
    ck_assert_int_eq(song_sound_bend(sound, &higher, NULL), 0);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(song_sound_read(sound, samples, HALF), HALF);
        levels[i] = mean_square(samples, HALF);
        ck_assert_int_eq(song_sound_bend(sound, &plain, NULL), 0);
    }
    ck_assert_double_gt(levels[0], 1e-6);
    ck_assert_double_gt(levels[2], levels[0] / 2);
    song_sound_close(sound);
    song_free(song);
}
END_TEST

START_TEST(a_note_ends_at_its_release) {
    double levels[7];
    if (!songs_can_be_played())
        return;
    Song *song = struck_again_song(24);
    play(song, 0, NULL, levels, 7);
    ck_assert_double_lt(levels[6], levels[3] / 100);
    song_free(song);
}
END_TEST

Suite *song_sound_suite(void) {
    Suite *suite = suite_create("song_sound");
    TCase *tests = tcase_create("song_sound");
    tcase_add_test(tests, a_late_release_does_not_end_the_next_note);
    tcase_add_test(tests, a_note_from_before_a_seek_does_not_end_another);
    tcase_add_test(tests, a_note_from_before_a_bend_does_not_end_another);
    tcase_add_test(tests, a_note_ends_at_its_release);
    suite_add_tcase(suite, tests);
    return suite;
}
