#include "datasets/measures/music_form.h"

#include "nn/base/rng.h"

#include <check.h>
#include <math.h>

/* A note of a quarter second at 120 quarters a minute. */
typedef struct Written {
    double onset; /* seconds */
    int pitch;
} Written;

static void measure(const Written *notes, int n, double values[FORM_MEASURES]) {
    Error error;
    Song *song = song_create(500);
    ck_assert(!song_add_track(song, "Piano", &error));
    for (int i = 0; i < n; i++) {
        SongNote note = {.onset = (uint32_t)lround(1000 * notes[i].onset),
                         .release = (uint32_t)lround(1000 * notes[i].onset + 240),
                         .pitch = (uint8_t)notes[i].pitch,
                         .velocity = 64};
        ck_assert(!song_add_note(song, note, &error));
    }
    ck_assert(!song_finish(song, &error));
    ck_assert(!music_form(song, 0, values, &error));
    song_free(song);
}

/* A random melody of quarter seconds, drawn from the key given by `stream`. */
static void draw(uint64_t stream, Written *notes, int n, double from) {
    Rng rng = rng_split(rng_seed(3), stream);
    for (int i = 0; i < n; i++)
        notes[i] = (Written){from + 0.25 * i, 55 + (int)rng_below(rng, (uint64_t)i, 24)};
}

START_TEST(a_planned_return_is_found) {
    /* A A B A, of 8 s each. */
    Written notes[4 * 32];
    double values[FORM_MEASURES];
    draw(1, notes, 32, 0);
    draw(1, notes + 32, 32, 8);
    draw(2, notes + 64, 32, 16);
    draw(1, notes + 96, 32, 24);
    measure(notes, 128, values);
    ck_assert_double_ge(values[FORM_FIGURES], 0.45);
    ck_assert_double_le(values[FORM_FIGURES], 0.55);
    ck_assert_double_ge(values[FORM_SEGMENTS], 0.4);
}
END_TEST

START_TEST(the_same_notes_shuffled_have_none) {
    Written notes[4 * 32];
    uint32_t order[4 * 32];
    int pitches[4 * 32];
    double values[FORM_MEASURES];
    for (int part = 0; part < 4; part++)
        draw(part == 2 ? 2 : 1, notes + 32 * part, 32, 8 * part);
    rng_permutation(rng_seed(5), order, 128);
    for (int i = 0; i < 128; i++)
        pitches[i] = notes[i].pitch;
    for (int i = 0; i < 128; i++)
        notes[i].pitch = pitches[order[i]];
    measure(notes, 128, values);
    ck_assert_double_lt(values[FORM_FIGURES], 0.02);
    ck_assert_double_lt(values[FORM_SEGMENTS], 0.01);
}
END_TEST

START_TEST(a_return_in_another_key_has_the_figures_but_not_the_pitches) {
    Written notes[64];
    double values[FORM_MEASURES];
    draw(1, notes, 32, 0);
    draw(1, notes + 32, 32, 8);
    for (int i = 32; i < 64; i++)
        notes[i].pitch += 3;
    measure(notes, 64, values);
    ck_assert_double_ge(values[FORM_FIGURES], 0.45);
    ck_assert_double_lt(values[FORM_SEGMENTS], 0.01);
}
END_TEST

START_TEST(chords_are_counted_as_they_change) {
    /* C, F, G, C: a second each, three changes in just under four seconds. */
    static const int chords[4][3] = {{60, 64, 67}, {60, 65, 69}, {59, 62, 67}, {60, 64, 67}};
    Written notes[48];
    double values[FORM_MEASURES];
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 3; k++)
            notes[3 * i + k] = (Written){0.25 * i, chords[i / 4][k]};
    measure(notes, 48, values);
    ck_assert_double_eq_tol(values[FORM_CHORD_CHANGES], 3 / 3.99, 1e-6);
    ck_assert_double_eq_tol(values[FORM_ONSET_VARIATION], 0, 1e-6);
    ck_assert_double_eq_tol(values[FORM_ONSET_ENTROPY], 0, 1e-9);
    ck_assert_double_eq_tol(values[FORM_REPEATED_NOTES], 13.0 / 15, 1e-9);
    ck_assert_double_eq(values[FORM_UNPLAYABLE], 0);
}
END_TEST

START_TEST(what_two_hands_cannot_strike_is_counted) {
    /* Three notes two octaves from each other; then eleven at once; then one. */
    Written notes[15] = {{0, 36}, {0, 60}, {0, 84}, {2, 60}};
    double values[FORM_MEASURES];
    for (int i = 0; i < 11; i++)
        notes[4 + i] = (Written){1, 60 + i};
    measure(notes, 15, values);
    ck_assert_double_eq_tol(values[FORM_UNPLAYABLE], 2.0 / 3, 1e-9);
}
END_TEST

START_TEST(two_tracks_on_one_key_take_one_finger) {
    Written notes[12];
    double values[FORM_MEASURES];
    for (int i = 0; i < 6; i++)
        notes[2 * i] = notes[2 * i + 1] = (Written){0, 60 + 2 * i};
    measure(notes, 12, values);
    ck_assert_double_eq(values[FORM_UNPLAYABLE], 0);
}
END_TEST

START_TEST(silence_before_the_first_note_counts_for_nothing) {
    Written notes[128];
    double at_once[FORM_MEASURES], late[FORM_MEASURES];
    for (int part = 0; part < 4; part++)
        draw(part == 2 ? 2 : 1, notes + 32 * part, 32, 8 * part);
    measure(notes, 128, at_once);
    for (int i = 0; i < 128; i++)
        notes[i].onset += 30;
    measure(notes, 128, late);
    for (int m = 0; m < FORM_MEASURES; m++)
        ck_assert_double_eq_tol(at_once[m], late[m], 1e-6);
}
END_TEST

/* A long note, a short one above it, then one below both: that is no melody yet. */
START_TEST(a_held_note_is_heard_after_a_higher_one_has_faded) {
    Error error;
    double values[FORM_MEASURES];
    Song *song = song_create(500);
    ck_assert(!song_add_track(song, "Piano", &error));
    for (uint32_t i = 0; i < 8; i++) {
        const uint32_t at = 1000 * i;
        const SongNote notes[] = {
            {.onset = at, .release = at + 900, .pitch = 72, .velocity = 64},
            {.onset = at + 250, .release = at + 350, .pitch = 76, .velocity = 64},
            {.onset = at + 500, .release = at + 600, .pitch = 76 - 16, .velocity = 64},
        };
        for (int k = 0; k < 3; k++)
            ck_assert(!song_add_note(song, notes[k], &error));
    }
    ck_assert(!song_finish(song, &error));
    ck_assert(!music_form(song, 0, values, &error));
    /* 72 76 72 76 …: the same figure again and again, of 16 notes and not of 24. */
    ck_assert_double_eq(values[FORM_REPEATED_NOTES], 0);
    ck_assert_double_eq_tol(values[FORM_FIGURES], 10.0 / 16, 1e-9);
    song_free(song);
}
END_TEST

START_TEST(a_note_that_the_pedal_holds_is_heard_above_lower_ones) {
    double repeated[2];
    for (int pedal = 0; pedal < 2; pedal++) {
        Error error;
        double values[FORM_MEASURES];
        Song *song = song_create(500);
        ck_assert(!song_add_track(song, "Piano", &error));
        for (int i = 0; i < 20; i++) {
            uint32_t onset = 250 * (uint32_t)i;
            SongNote note = {.onset = onset,
                             .release = onset + 100,
                             .sounding = onset + (pedal ? 450 : 100),
                             .pitch = i % 2 ? 60 : 72,
                             .velocity = 64};
            ck_assert(!song_add_note(song, note, &error));
        }
        ck_assert(!song_finish(song, &error));
        ck_assert(!music_form(song, 0, values, &error));
        repeated[pedal] = values[FORM_REPEATED_NOTES];
        song_free(song);
    }
    ck_assert_double_eq(repeated[0], 0);
    ck_assert_double_eq(repeated[1], 1);
}
END_TEST

START_TEST(under_twelve_seconds_have_no_segments) {
    Written notes[48];
    double values[FORM_MEASURES];
    draw(1, notes, 48, 0);
    measure(notes, 47, values); /* to 11.74 s */
    ck_assert(isnan(values[FORM_SEGMENTS]));
    notes[47].onset = 11.8;
    measure(notes, 48, values);
    ck_assert(!isnan(values[FORM_SEGMENTS]));
}
END_TEST

START_TEST(too_little_is_not_measured) {
    static const Written notes[] = {{0, 60}, {1, 64}};
    double values[FORM_MEASURES];
    Error error;
    measure(notes, 2, values);
    ck_assert(isnan(values[FORM_FIGURES]));
    ck_assert(isnan(values[FORM_SEGMENTS]));
    Song *song = song_create(480);
    ck_assert(!song_finish(song, &error));
    ck_assert(music_form(song, 0, values, &error) < 0);
    song_free(song);
}
END_TEST

Suite *music_form_suite(void) {
    Suite *suite = suite_create("music_form");
    TCase *tests = tcase_create("music_form");
    tcase_add_test(tests, a_planned_return_is_found);
    tcase_add_test(tests, the_same_notes_shuffled_have_none);
    tcase_add_test(tests, a_return_in_another_key_has_the_figures_but_not_the_pitches);
    tcase_add_test(tests, chords_are_counted_as_they_change);
    tcase_add_test(tests, what_two_hands_cannot_strike_is_counted);
    tcase_add_test(tests, a_note_that_the_pedal_holds_is_heard_above_lower_ones);
    tcase_add_test(tests, two_tracks_on_one_key_take_one_finger);
    tcase_add_test(tests, silence_before_the_first_note_counts_for_nothing);
    tcase_add_test(tests, a_held_note_is_heard_after_a_higher_one_has_faded);
    tcase_add_test(tests, under_twelve_seconds_have_no_segments);
    tcase_add_test(tests, too_little_is_not_measured);
    suite_add_tcase(suite, tests);
    return suite;
}
