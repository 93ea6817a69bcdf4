#include "compose/write/piece.h"

#include "datasets/music/midi.h"
#include "tests/support/music_models.h"
#include "tests/support/same_notes.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

static MusicModel *model;
static Composer *composer;

static void setup(void) {
    scratch_create();
    model = music_model_untrained(21);
    composer = composer_create(model, NULL);
    ck_assert_ptr_nonnull(composer);
}

static void teardown(void) {
    composer_destroy(composer);
    music_model_destroy(model);
    scratch_remove();
}

static PieceSettings settings_for(Emotion emotion, MoodPolicy policy, int grid, double seconds) {
    PieceSettings settings = {
        .composer = composer_defaults, .felt = mood_of_emotion(emotion), .policy = policy};
    settings.composer.grid = grid;
    settings.composer.seconds = seconds;
    return settings;
}

static Song *compose(const PieceSettings *settings) {
    Error error;
    Song *song = piece_compose(composer, settings, &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    return song;
}

/* Within a bar, or off the beat within a second and a half. */
static void assert_lasts(const Song *song, double seconds) {
    double most = 1.5;
    if (song->grid == SONG_GRID_METRIC) {
        const SongMeter *meter = &song->meters[song->n_meters - 1];
        most = 4.0 * meter->numerator / meter->denominator *
               song->tempos[song->n_tempos - 1].microseconds * 1e-6;
    }
    ck_assert_msg(fabs(song->seconds - seconds) <= most, "%.2f s, expected %.0f ± %.2f",
                  song->seconds, seconds, most);
}

static void assert_one_tonic(const Song *song) {
    for (int i = 1; i < song->n_keys; i++)
        ck_assert_int_eq(song->keys[i].tonic, song->keys[0].tonic);
}

START_TEST(mirror_makes_one_section) {
    PieceSettings settings = settings_for(EMOTION_SAD, MOOD_MIRROR, 0, 30);
    Song *song = compose(&settings);
    ck_assert_int_eq(song->n_keys, 1);
    assert_lasts(song, 30);
    song_free(song);
}
END_TEST

START_TEST(regulation_changes_section_and_keeps_tonic_and_length) {
    for (int grid = 0; grid < 2; grid++) {
        PieceSettings settings = settings_for(EMOTION_SAD, MOOD_REGULATE, grid, 60);
        for (int seed = 0; seed < 4; seed++) {
            settings.composer.seed = (uint64_t)seed;
            Song *song = compose(&settings);
            ck_assert(song->grid == (grid ? SONG_GRID_PERFORMED : SONG_GRID_METRIC));
            ck_assert_int_ge(song->n_keys, 2);
            assert_one_tonic(song);
            assert_lasts(song, 60);
            song_free(song);
        }
    }
}
END_TEST

START_TEST(bars_hold_over_sections) {
    PieceSettings settings = settings_for(EMOTION_ANGRY, MOOD_REGULATE, COMPOSER_FREE, 0);
    settings.composer.bars = 24;
    settings.composer.tempo = 103;
    settings.composer.meter = 2;
    Song *song = compose(&settings);
    ck_assert_int_eq(song->n_tempos, 1);
    ck_assert_int_eq(song->tempos[0].microseconds, lround(60e6 / 103));
    double bars = (double)song->ticks / song->ticks_per_quarter / 4;
    ck_assert_msg(bars > 23 && bars <= 24, "%.2f bars", bars);
    song_free(song);
}
END_TEST

static const Emotion moved_feelings[] = {EMOTION_SAD, EMOTION_ANGRY};

START_TEST(a_few_bars_are_as_many_under_regulation) {
    for (int bars = 1; bars <= 6; bars++)
        for (int f = 0; f < 2; f++) {
            PieceSettings settings =
                settings_for(moved_feelings[f], MOOD_REGULATE, COMPOSER_FREE, 0);
            settings.composer.bars = bars;
            Song *song = compose(&settings);
            const SongMeter *meter = &song->meters[0];
            double bar = 4.0 * song->ticks_per_quarter * meter->numerator / meter->denominator;
            double written = song->ticks / bar;
            ck_assert_int_eq(song->n_meters, 1);
            ck_assert_msg(written > bars - 1 && written <= bars, "%.2f bars of %d", written, bars);
            assert_one_tonic(song);
            song_free(song);
        }
}
END_TEST

START_TEST(a_few_seconds_are_as_many_under_regulation) {
    for (int seconds = 1; seconds <= 10; seconds += 3)
        for (int f = 0; f < 2; f++) {
            PieceSettings settings = settings_for(moved_feelings[f], MOOD_REGULATE, 1, seconds);
            Song *song = compose(&settings);
            assert_lasts(song, seconds);
            assert_one_tonic(song);
            song_free(song);
        }
}
END_TEST

/* Bars of up to 12 seconds. */
START_TEST(slow_bars_leave_no_section_without_length) {
    for (int seconds = 5; seconds <= 35; seconds += 10)
        for (int f = 0; f < 2; f++)
            for (int seed = 0; seed < 4; seed++) {
                PieceSettings settings =
                    settings_for(moved_feelings[f], MOOD_REGULATE, COMPOSER_FREE, seconds);
                settings.composer.tempo = 30;
                settings.composer.seed = (uint64_t)seed;
                Song *song = compose(&settings);
                assert_lasts(song, seconds);
                assert_one_tonic(song);
                song_free(song);
            }
}
END_TEST

START_TEST(a_taste_asks_for_another_mood) {
    const MoodTaste taste = {.valence_shift = 0.9f, .arousal_gain = -0.5f};
    PieceSettings settings = settings_for(EMOTION_SAD, MOOD_MIRROR, 0, 10), moved = settings;
    settings.taste = taste;
    moved.felt = mood_for_taste(taste, moved.felt);
    Song *tasted = compose(&settings), *other = compose(&moved);
    ck_assert(same_notes(tasted, other));
    song_free(tasted);
    song_free(other);
}
END_TEST

START_TEST(no_note_is_left_sounding) {
    for (int policy = 0; policy < MOOD_POLICIES; policy++) {
        PieceSettings settings = settings_for(EMOTION_FEAR, (MoodPolicy)policy, policy, 20);
        Song *song = compose(&settings);
        for (int i = 0; i < song->n_notes; i++)
            ck_assert(song->notes[i].release > song->notes[i].onset &&
                      song->notes[i].release <= song->ticks);
        Error error;
        const char *path = scratch_path("piece.mid");
        ck_assert_msg(!midi_write(song, path, &error), "%s", error.message);
        Song *again = midi_read(path, &error);
        ck_assert_msg(again != NULL, "%s", error.message);
        ck_assert_int_eq(again->n_notes, song->n_notes);
        ck_assert_int_eq(again->n_repairs, 0);
        song_free(again);
        song_free(song);
    }
}
END_TEST

START_TEST(program_is_the_asked_one) {
    PieceSettings settings = settings_for(EMOTION_HAPPY, MOOD_MIRROR, COMPOSER_FREE, 10);
    settings.program = 73;
    Song *song = compose(&settings);
    ck_assert_int_eq(song->notes[0].program, 73);
    song_free(song);
}
END_TEST

Suite *piece_suite(void) {
    Suite *suite = suite_create("piece");
    TCase *pieces = tcase_create("pieces");
    tcase_add_checked_fixture(pieces, setup, teardown);
    tcase_set_timeout(pieces, 60);
    tcase_add_test(pieces, mirror_makes_one_section);
    tcase_add_test(pieces, regulation_changes_section_and_keeps_tonic_and_length);
    tcase_add_test(pieces, bars_hold_over_sections);
    tcase_add_test(pieces, a_few_bars_are_as_many_under_regulation);
    tcase_add_test(pieces, a_few_seconds_are_as_many_under_regulation);
    tcase_add_test(pieces, slow_bars_leave_no_section_without_length);
    tcase_add_test(pieces, a_taste_asks_for_another_mood);
    tcase_add_test(pieces, no_note_is_left_sounding);
    tcase_add_test(pieces, program_is_the_asked_one);
    suite_add_tcase(suite, pieces);
    return suite;
}
