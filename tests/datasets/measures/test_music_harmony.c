#include "datasets/measures/music_harmony.h"

#include <check.h>

/* A song of chords of four notes (a repeated one counts once), each two seconds long. */
static Song *chords(const int (*pitches)[4], int n) {
    Error error;
    Song *song = song_create(480);
    ck_assert(song && !song_add_track(song, "Piano", &error));
    for (int c = 0; c < n; c++)
        for (int i = 0; i < 4; i++) {
            SongNote note = {.onset = (uint32_t)(1920 * c),
                             .release = (uint32_t)(1920 * c + 1920),
                             .pitch = (uint8_t)pitches[c][i],
                             .velocity = 64};
            if (!i || pitches[c][i] != pitches[c][i - 1])
                ck_assert(!song_add_note(song, note, &error));
        }
    ck_assert(!song_finish(song, &error));
    return song;
}

static MusicHarmony analyse(const int (*pitches)[4], int n) {
    Error error;
    MusicHarmony harmony;
    Song *song = chords(pitches, n);
    ck_assert_msg(!music_harmony(song, &harmony, &error), "%s", error.message);
    song_free(song);
    return harmony;
}

START_TEST(a_major_cadence_is_told) {
    static const int cadence[][4] = {
        {48, 60, 64, 67}, {53, 60, 65, 69}, {43, 59, 62, 67}, {48, 60, 64, 67}};
    MusicHarmony harmony = analyse(cadence, 4);
    ck_assert_int_eq(harmony.home, 0);
    ck_assert(!harmony.key.minor && harmony.mode > 0 && harmony.mode_on_tonic > 0);
    ck_assert_double_eq_tol(harmony.qualities[0], 8, 1e-12);
    ck_assert_double_eq_tol(harmony.triad_share, 1, 1e-12);
    ck_assert_double_gt(harmony.triad_mean, 0.1);
    ck_assert_double_eq_tol(harmony.change_rate, 3.0 / 8, 1e-12);
    ck_assert_double_eq_tol(harmony.motions[5], 2, 1e-12); /* C F, G C */
    ck_assert_double_eq_tol(harmony.motions[2], 1, 1e-12); /* F G */
    ck_assert_int_eq(harmony.first_bass, 0);
    ck_assert_int_eq(harmony.last_bass, 0);
}
END_TEST

START_TEST(a_minor_key_is_at_home_in_its_relative) {
    static const int cadence[][4] = {
        {45, 60, 64, 69}, {50, 62, 65, 69}, {52, 59, 64, 67}, {45, 60, 64, 69}};
    MusicHarmony harmony = analyse(cadence, 4);
    ck_assert(harmony.key.minor && harmony.mode < 0);
    ck_assert_int_eq(harmony.key.tonic, 9);
    ck_assert_int_eq(harmony.home, 0);
    ck_assert_double_eq_tol(harmony.qualities[1], 8, 1e-12);
    ck_assert_double_eq_tol(harmony.triad_share, 0, 1e-12);
    ck_assert_int_eq(harmony.last_bass, 9);
}
END_TEST

START_TEST(sevenths_and_bare_fifths_have_names_of_their_own) {
    static const int dominant[][4] = {{43, 59, 62, 65}}, fifth[][4] = {{36, 43, 48, 55}};
    ck_assert_double_eq_tol(analyse(dominant, 1).qualities[8], 2, 1e-12);
    ck_assert_double_eq_tol(analyse(fifth, 1).qualities[10], 2, 1e-12);
}
END_TEST

START_TEST(silence_has_no_harmony) {
    Error error;
    MusicHarmony harmony;
    Song *song = song_create(480);
    ck_assert(song && !song_finish(song, &error));
    ck_assert_int_eq(music_harmony(song, &harmony, &error), -1);
    song_free(song);
}
END_TEST

Suite *music_harmony_suite(void) {
    Suite *suite = suite_create("music_harmony");
    TCase *analysis = tcase_create("analysis");
    tcase_add_test(analysis, a_major_cadence_is_told);
    tcase_add_test(analysis, a_minor_key_is_at_home_in_its_relative);
    tcase_add_test(analysis, sevenths_and_bare_fifths_have_names_of_their_own);
    tcase_add_test(analysis, silence_has_no_harmony);
    suite_add_tcase(suite, analysis);
    return suite;
}
