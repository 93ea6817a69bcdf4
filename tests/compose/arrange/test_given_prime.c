/* Pieces that people want continued: what is taken, and what is refused. */
#include "compose/arrange/arranged_piece.h"

#include "nn/base/threads.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdio.h>

enum { NOTES = 80 };

static LeadModel *model;

static void load(void) {
    threads_use(1);
    ck_assert_ptr_nonnull(model = lead_model_load(NULL, NULL));
}

static void unload(void) {
    lead_model_destroy(model);
}

/* Quarters in C major, or as many strokes of a drum. */
static Song *tune_in(int numerator, int denominator, bool drums) {
    static const int pitches[] = {60, 64, 67, 65, 62, 65, 71, 67};
    Song *song = song_create(ARRANGER_TICKS);
    ck_assert_int_eq(song_add_track(song, "Melody", NULL), 0);
    ck_assert_int_eq(song_add_meter(song, 0, numerator, denominator, NULL), 0);
    for (int i = 0; i < NOTES; i++) {
        SongNote note = {.onset = (uint32_t)(i * ARRANGER_TICKS),
                         .release = (uint32_t)((i + 1) * ARRANGER_TICKS),
                         .pitch = (uint8_t)pitches[i % 8],
                         .velocity = 80,
                         .channel = drums ? SONG_DRUM_CHANNEL : 0,
                         .drum = drums};
        ck_assert_int_eq(song_add_note(song, note, NULL), 0);
    }
    return song;
}

static void assert_refused(Song *song, const char *words, bool advised) {
    GivenPrime prime;
    Error error;
    ck_assert_int_eq(song_finish(song, NULL), 0);
    ck_assert_int_eq(given_prime_read(song, &prime, &error), -1);
    assert_contains(error.message, words);
    ck_assert_msg((strstr(error.message, "--style performed") != NULL) == advised, "%s",
                  error.message);
    ck_assert_ptr_null(prime.sheet.bars);
    song_free(song);
}

START_TEST(bars_that_would_become_others_are_refused) {
    static const int meters[][2] = {{5, 4}, {7, 8}, {9, 8}, {5, 8}};
    char words[32];
    for (size_t i = 0; i < sizeof meters / sizeof *meters; i++) {
        snprintf(words, sizeof words, "of %d/%d", meters[i][0], meters[i][1]);
        assert_refused(tune_in(meters[i][0], meters[i][1], false), words, true);
    }
    Song *song = tune_in(4, 4, false);
    ck_assert_int_eq(song_add_meter(song, 16 * ARRANGER_TICKS, 7, 8, NULL), 0);
    assert_refused(song, "of 7/8", true);
}
END_TEST

START_TEST(bars_that_fill_others_or_that_they_fill_are_taken) {
    static const struct {
        int numerator, denominator;
        LeadMeter meter;
    } meters[] = {{4, 4, LEAD_4_4}, {2, 4, LEAD_4_4},  {1, 4, LEAD_4_4},
                  {2, 2, LEAD_4_4}, {3, 4, LEAD_3_4},  {6, 4, LEAD_3_4},
                  {6, 8, LEAD_6_8}, {12, 8, LEAD_6_8}, {3, 8, LEAD_6_8}};
    const uint32_t cut = (NOTES - 8) * ARRANGER_TICKS;
    for (size_t i = 0; i < sizeof meters / sizeof *meters; i++) {
        Song *song = tune_in(meters[i].numerator, meters[i].denominator, false);
        GivenPrime prime;
        Error error;
        /* a bar that is cut short, and what comes after the end */
        ck_assert_int_eq(song_add_meter(song, cut, 7, 8, NULL), 0);
        ck_assert_int_eq(song_add_meter(song, cut + 7 * ARRANGER_TICKS / 2, meters[i].numerator,
                                        meters[i].denominator, NULL),
                         0);
        ck_assert_int_eq(song_add_meter(song, NOTES * ARRANGER_TICKS, 7, 8, NULL), 0);
        ck_assert_int_eq(song_finish(song, NULL), 0);
        ck_assert_msg(!given_prime_read(song, &prime, &error), "%s", error.message);
        ck_assert_int_eq(prime.sheet.head.meter, meters[i].meter);
        given_prime_free(&prime);
        song_free(song);
    }
}
END_TEST

START_TEST(drums_alone_and_silence_have_no_pitched_note) {
    assert_refused(tune_in(4, 4, true), "no pitched note", false);
    Song *song = song_create(ARRANGER_TICKS);
    assert_refused(song, "no pitched note", false);
}
END_TEST

START_TEST(notes_anywhere_are_for_the_other_style) {
    Song *song = tune_in(4, 4, false);
    for (int i = 0; i < song->n_notes; i++)
        song->notes[i].onset += (uint32_t)(i % 4) * 31;
    assert_refused(song, "no steady beat", true);
}
END_TEST

/* A tempo that arrangements do not have is told in longer or shorter notes, and sounds the same. */
START_TEST(a_tune_of_any_tempo_goes_on_at_its_own) {
    static const struct {
        double tempo, told;
        int bars; /* of the prime's 20 */
    } cases[] = {{300, 150, 10}, {900, 225, 5}, {25, 50, 40}, {240, 240, 20}, {30, 30, 20}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Song *song = tune_in(4, 4, false);
        uint32_t quarter = (uint32_t)lround(60e6 / cases[i].tempo);
        ArrangedSettings settings = arranged_defaults;
        ArrangedPiece piece;
        GivenPrime prime;
        Error error;
        ck_assert_int_eq(song_add_tempo(song, 0, quarter, NULL), 0);
        ck_assert_int_eq(song_finish(song, NULL), 0);
        ck_assert_int_eq(given_prime_read(song, &prime, NULL), 0);
        ck_assert_double_eq_tol(prime.tempo, cases[i].told, 0.01);
        ck_assert_int_ge(prime.sheet.n_bars, cases[i].bars);
        ck_assert_int_le(prime.sheet.n_bars, cases[i].bars + 1);
        settings.sampler = (SamplerSettings)SAMPLER_DEFAULTS;
        settings.cues = cues_table[EMOTION_HAPPY];
        settings.candidates = 1;
        settings.prime = &prime;
        settings.seconds = 2 * song->seconds;
        ck_assert_msg(!arranged_piece_compose(model, &settings, &piece, &error), "%s",
                      error.message);
        double bar = 240 / cases[i].told;
        ck_assert_double_eq_tol(piece.song->seconds, settings.seconds, bar);
        ck_assert_double_eq_tol(60e6 / piece.song->tempos[0].microseconds, cases[i].told, 0.01);
        arranged_piece_free(&piece);
        given_prime_free(&prime);
        song_free(song);
    }
}
END_TEST

Suite *given_prime_suite(void) {
    Suite *suite = suite_create("given_prime");
    TCase *tcase = tcase_create("given_prime");
    tcase_add_unchecked_fixture(tcase, load, unload);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, bars_that_would_become_others_are_refused);
    tcase_add_test(tcase, bars_that_fill_others_or_that_they_fill_are_taken);
    tcase_add_test(tcase, drums_alone_and_silence_have_no_pitched_note);
    tcase_add_test(tcase, notes_anywhere_are_for_the_other_style);
    tcase_add_test(tcase, a_tune_of_any_tempo_goes_on_at_its_own);
    suite_add_tcase(suite, tcase);
    return suite;
}
