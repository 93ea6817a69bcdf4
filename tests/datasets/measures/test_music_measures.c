#include "datasets/measures/music_measures.h"

#include <check.h>
#include <math.h>

/* Quarter notes at 120 a minute: (onset, length, pitch, velocity) in quarters. */
typedef struct Written {
    double onset, length;
    int pitch, velocity;
} Written;

static void measure(const Written *notes, int n, double values[MUSIC_MEASURES]) {
    Error error;
    Song *song = song_create(480);
    ck_assert(!song_add_track(song, "Piano", &error));
    ck_assert(!song_add_tempo(song, 0, 500000, &error));
    for (int i = 0; i < n; i++) {
        SongNote note = {.onset = (uint32_t)(480 * notes[i].onset),
                         .release = (uint32_t)(480 * (notes[i].onset + notes[i].length)),
                         .pitch = (uint8_t)notes[i].pitch,
                         .velocity = (uint8_t)notes[i].velocity};
        ck_assert(!song_add_note(song, note, &error));
    }
    ck_assert(!song_finish(song, &error));
    ck_assert(!music_measure(song, values, &error));
    song_free(song);
}

#define assert_measure(measure, expected)                                                          \
    ck_assert_msg(fabs(values[measure] - (expected)) < 1e-9, "%s is %.9f, expected %.9f",          \
                  music_measure_names[measure], values[measure], (double)(expected))

START_TEST(counts_are_those_made_by_hand) {
    /* C4 E4 together, G4 a quarter later, C5 in the third quarter; the fourth is silent; the second
     * bar has the same onsets. */
    static const Written notes[] = {{0, 1, 60, 60}, {0, 1, 64, 80}, {1, 1, 67, 70}, {2, 1, 72, 70},
                                    {4, 2, 60, 60}, {4, 2, 64, 80}, {5, 1, 67, 70}, {6, 1, 72, 70}};
    double values[MUSIC_MEASURES];
    measure(notes, 8, values);
    assert_measure(MEASURE_PITCHES, 4);
    assert_measure(MEASURE_PITCH_CLASSES, 3);
    assert_measure(MEASURE_PITCH_RANGE, 12);
    assert_measure(MEASURE_MEAN_PITCH, (60 + 64 + 67 + 72) / 4.0);
    assert_measure(MEASURE_INTERVAL, (4 + 3 + 5 + 12 + 4 + 3 + 5) / 7.0);
    assert_measure(MEASURE_NOTE_DENSITY, 8 / 3.5);
    assert_measure(MEASURE_ONSET_INTERVAL, 3.0 / 5);
    assert_measure(MEASURE_NOTE_LENGTH, (6 * 0.5 + 2 * 1) / 8.0);
    assert_measure(MEASURE_VELOCITY, 70);
    assert_measure(MEASURE_VELOCITY_SPREAD, sqrt(50));
    assert_measure(MEASURE_POLYPHONY, 5 / 3.0);
    assert_measure(MEASURE_PITCH_CLASS_ENTROPY, 0.5 * 1 + 2 * 0.25 * 2);
    assert_measure(MEASURE_SCALE_CONSISTENCY, 1);
    assert_measure(MEASURE_GROOVE_CONSISTENCY, 1);
    assert_measure(MEASURE_EMPTY_BEATS, 1 / 7.0);
    assert_measure(MEASURE_TEMPO, 120);
    assert_measure(MEASURE_MAJOR, 1);
}
END_TEST

START_TEST(notes_outside_the_scale_and_other_grooves_are_seen) {
    static const Written notes[] = {{0, 1, 60, 64}, {1, 1, 61, 64}, {2, 1, 62, 64},
                                    {3, 1, 63, 64}, {4, 1, 60, 64}, {6, 1, 60, 64}};
    double values[MUSIC_MEASURES];
    measure(notes, 6, values);
    assert_measure(MEASURE_SCALE_CONSISTENCY, 5 / 6.0); /* C D Eb, or C Db Eb */
    assert_measure(MEASURE_GROOVE_CONSISTENCY, 1 - 2 / 16.0);
    assert_measure(MEASURE_EMPTY_BEATS, 1 / 7.0);
}
END_TEST

START_TEST(nothing_cannot_be_measured) {
    Error error;
    double values[MUSIC_MEASURES];
    Song *song = song_create(480);
    ck_assert(!song_finish(song, &error));
    ck_assert_int_eq(music_measure(song, values, &error), -1);
    song_free(song);
}
END_TEST

Suite *music_measures_suite(void) {
    Suite *suite = suite_create("music_measures");
    TCase *counts = tcase_create("counts");
    tcase_add_test(counts, counts_are_those_made_by_hand);
    tcase_add_test(counts, notes_outside_the_scale_and_other_grooves_are_seen);
    tcase_add_test(counts, nothing_cannot_be_measured);
    suite_add_tcase(suite, counts);
    return suite;
}
