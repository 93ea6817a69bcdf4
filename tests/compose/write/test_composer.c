#include "compose/write/composer.h"

#include "datasets/music/music_encode.h"
#include "tests/support/music_models.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static MusicModel *model;
static Composer *composer;

static void setup(void) {
    Error error;
    scratch_create();
    model = music_model_untrained(11);
    composer = composer_create(model, &error);
    ck_assert_msg(composer != NULL, "%s", error.message);
}

static void teardown(void) {
    composer_destroy(composer);
    music_model_destroy(model);
    scratch_remove();
}

static const Mood happy = {.valence = 1, .arousal = 1};

/* Writes a piece to its end and returns what it sounds like. */
static Song *compose(const ComposerSettings *settings) {
    Error error;
    ck_assert_msg(!composer_begin(composer, settings, happy, &error), "%s", error.message);
    int advanced;
    for (int spans = 0; (advanced = composer_advance(composer, &error)) > 0; spans++)
        ck_assert_int_lt(spans, 1000);
    ck_assert_msg(!advanced, "%s", error.message);
    int count;
    const uint16_t *tokens = composer_tokens(composer, &count);
    ck_assert(composer_state(composer)->ended);
    ck_assert_int_eq(tokens[count - 1], music_token(MUSIC_END, 0));
    Song *song = music_decode(tokens, count, 0, &error);
    ck_assert_msg(song != NULL, "%s", error.message);
    return song;
}

static void assert_grammatical(void) {
    int count;
    const uint16_t *tokens = composer_tokens(composer, &count);
    MusicState state;
    music_state_begin(&state);
    for (int i = 0; i < count; i++)
        ck_assert_msg(music_grammar_step(&state, tokens[i]), "token %d of %d", i, count);
}

START_TEST(metric_pieces_have_their_length_within_a_bar) {
    static const double lengths[] = {2, 5, 9, 13, 15, 30, 61, 120};
    ComposerSettings settings = composer_defaults;
    settings.grid = 0;
    settings.seconds = lengths[_i];
    for (settings.seed = 0; settings.seed < 6; settings.seed++) {
        Song *song = compose(&settings);
        assert_grammatical();
        const MusicState *state = composer_state(composer);
        double bar = music_meter_steps(state->meter) * 60.0 /
                     (MUSIC_STEPS_PER_QUARTER * music_tempo_bpm(state->tempo));
        ck_assert_msg(fabs(song->seconds - settings.seconds) <= bar,
                      "%.2f s, expected %.2f s within a bar of %.2f s", song->seconds,
                      settings.seconds, bar);
        ck_assert_float_eq_tol((float)composer_time(composer), (float)song->seconds, 0.02f);
        song_free(song);
    }
}
END_TEST

START_TEST(performed_pieces_have_their_length) {
    static const double lengths[] = {2, 5, 6, 7, 9, 15, 30, 120};
    ComposerSettings settings = composer_defaults;
    settings.grid = 1;
    settings.seconds = lengths[_i];
    for (settings.seed = 0; settings.seed < 6; settings.seed++) {
        Song *song = compose(&settings);
        assert_grammatical();
        ck_assert_msg(fabs(song->seconds - settings.seconds) <= 1.51, "%.2f s, expected %.2f s",
                      song->seconds, settings.seconds);
        song_free(song);
    }
}
END_TEST

START_TEST(bars_are_counted) {
    ComposerSettings settings = composer_defaults;
    for (settings.bars = 1; settings.bars <= 24; settings.bars += settings.bars < 6 ? 1 : 6) {
        song_free(compose(&settings));
        ck_assert_int_eq(composer_state(composer)->bars, settings.bars);
        ck_assert(!composer_state(composer)->performed);
    }
}
END_TEST

START_TEST(wishes_are_kept) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 20;
    settings.mode = 1;
    settings.tonic = 9;
    settings.meter = 1;
    settings.tempo = 97;
    Song *song = compose(&settings);
    ck_assert_int_eq(song->keys[0].tonic, 9);
    ck_assert(song->keys[0].minor);
    ck_assert_int_eq(song->n_meters, 1);
    ck_assert_int_eq(song->meters[0].numerator, 3);
    ck_assert_int_eq(song->n_tempos, 1);
    ck_assert_int_eq(composer_state(composer)->tempo, music_tempo_index(97));
    song_free(song);
}
END_TEST

START_TEST(pieces_begin_at_once_and_have_no_holes) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 40;
    for (settings.seed = 0; settings.seed < 8; settings.seed++) {
        settings.grid = (int)settings.seed % 2;
        Song *song = compose(&settings);
        ck_assert(song->notes[0].start <= 1);
        double longest_hole = 0;
        for (int i = 1; i < song->n_notes; i++)
            longest_hole = fmax(longest_hole, song->notes[i].start - song->notes[i - 1].start);
        ck_assert(longest_hole <= (settings.grid ? 3.001 : 4.001));
        song_free(song);
    }
}
END_TEST

/* The notes of the last bar, or of the last onset. */
START_TEST(pieces_close_on_the_tonic) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 20;
    for (settings.seed = 0; settings.seed < 12; settings.seed++) {
        settings.grid = (int)settings.seed % 2;
        Song *song = compose(&settings);
        const MusicState *state = composer_state(composer);
        uint32_t from =
            settings.grid ? song->notes[song->n_notes - 1].onset : (uint32_t)state->bar_start * 40;
        bool tonic = false;
        for (int i = 0; i < song->n_notes; i++)
            tonic |= song->notes[i].sounding >= from && song->notes[i].pitch % 12 == state->tonic;
        ck_assert(tonic);
        song_free(song);
    }
}
END_TEST

/* From the last bar line on, or a second before the end. */
START_TEST(only_the_tonics_triad_rings_at_the_end) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 20;
    for (settings.seed = 0; settings.seed < 12; settings.seed++) {
        settings.grid = (int)settings.seed % 2;
        Song *song = compose(&settings);
        const MusicState *state = composer_state(composer);
        uint32_t from = settings.grid ? (uint32_t)song_ticks(song, settings.seconds - 1)
                                      : (uint32_t)state->bar_start * 40;
        for (int i = 0; i < song->n_notes; i++) {
            int degree = (song->notes[i].pitch - state->tonic + 12) % 12;
            ck_assert_msg(song->notes[i].release <= from || degree == 0 || degree == 7 ||
                              degree == (state->minor ? 3 : 4),
                          "seed %d: degree %d rings to %.2f s of %.2f s", (int)settings.seed,
                          degree, song->notes[i].end, song->seconds);
        }
        song_free(song);
    }
}
END_TEST

START_TEST(two_hands_can_strike_every_chord) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 20;
    for (settings.seed = 0; settings.seed < 12; settings.seed++) {
        settings.grid = (int)settings.seed % 2;
        Song *song = compose(&settings);
        for (int i = 0, together = 0; i < song->n_notes; i++) {
            together = i && song->notes[i].onset == song->notes[i - 1].onset ? together + 1 : 1;
            ck_assert_int_le(together, 7);
        }
        song_free(song);
    }
}
END_TEST

START_TEST(notes_are_those_of_the_tokens) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 20;
    for (settings.grid = 0; settings.grid < 2; settings.grid++) {
        Error error;
        ck_assert(!composer_begin(composer, &settings, happy, &error));
        int total = 0, same = 0;
        double time = 0;
        ComposerNote all[20000];
        while (composer_advance(composer, &error) > 0) {
            int count;
            const ComposerNote *notes = composer_notes(composer, &count);
            for (int i = 0; i < count; i++) {
                ck_assert(notes[i].start >= time - 1e-6 &&
                          notes[i].start <= composer_time(composer) + 1e-6);
                all[total++] = notes[i];
            }
            ck_assert(composer_time(composer) > time);
            time = composer_time(composer);
        }
        int count;
        const uint16_t *tokens = composer_tokens(composer, &count);
        Song *song = music_decode(tokens, count, 0, &error);
        ck_assert_int_eq(song->n_notes, total);
        for (int i = 0; i < total; i++)
            same += song->notes[i].pitch == all[i].pitch &&
                    song->notes[i].velocity == all[i].velocity &&
                    fabs(song->notes[i].start - all[i].start) < 0.005;
        ck_assert_int_eq(same, total);
        song_free(song);
    }
}
END_TEST

/* The tokens of a piece under the settings, in memory of their own. */
static uint16_t *tokens_of(const ComposerSettings *settings, int *count) {
    song_free(compose(settings));
    const uint16_t *tokens = composer_tokens(composer, count);
    uint16_t *copy = malloc((size_t)*count * sizeof *copy);
    return memcpy(copy, tokens, (size_t)*count * sizeof *copy);
}

START_TEST(seed_decides_and_threads_do_not) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 15;
    settings.seed = 5;
    int before = omp_get_max_threads(), expected_count, count;
    omp_set_num_threads(1);
    uint16_t *expected = tokens_of(&settings, &expected_count);
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        uint16_t *tokens = tokens_of(&settings, &count);
        ck_assert_int_eq(count, expected_count);
        ck_assert_mem_eq(tokens, expected, (size_t)count * sizeof *tokens);
        free(tokens);
    }
    omp_set_num_threads(before);
    settings.seed = 6;
    uint16_t *other = tokens_of(&settings, &count);
    ck_assert(count != expected_count || memcmp(other, expected, (size_t)count * sizeof *other));
    free(other);
    free(expected);
}
END_TEST

/* How well the first seconds of a piece suit the mood, by their notes alone. */
static double score_of(const ComposerSettings *settings) {
    Song *song = compose(settings);
    int count = 0;
    double sum = 0;
    for (; count < song->n_notes && song->notes[count].start < OPENING_SECONDS; count++)
        sum += song->notes[count].end - song->notes[count].start;
    song_free(song);
    const Opening opening = {.density = (double)count / OPENING_SECONDS, .length = sum / count};
    return opening_score(&opening, happy);
}

/* Without guidance there is no gain. */
START_TEST(the_best_of_several_openings_is_taken) {
    double chosen = 0, first = 0;
    ComposerSettings settings = composer_defaults;
    settings.seconds = 6;
    settings.sampler.guidance = 1;
    for (settings.seed = 0; settings.seed < 8; settings.seed++) {
        settings.openings = 1;
        first += score_of(&settings) / 8;
        settings.openings = 8;
        chosen += score_of(&settings) / 8;
    }
    ck_assert_msg(chosen > first + 0.5, "chosen %.2f, first %.2f", chosen, first);
}
END_TEST

START_TEST(guidance_changes_the_piece) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 10;
    int counts[2];
    uint16_t *tokens[2];
    for (int i = 0; i < 2; i++) {
        settings.sampler.guidance = i ? 8 : 1;
        tokens[i] = tokens_of(&settings, &counts[i]);
    }
    ck_assert(counts[0] != counts[1] ||
              memcmp(tokens[0], tokens[1], (size_t)counts[0] * sizeof *tokens[0]));
    free(tokens[0]);
    free(tokens[1]);
}
END_TEST

START_TEST(loudness_moves_velocities) {
    double mean[2];
    for (int i = 0; i < 2; i++) {
        ComposerSettings settings = composer_defaults;
        settings.seconds = 30;
        Error error;
        ck_assert(!composer_begin(composer, &settings, (Mood){0, 0, i ? 1 : -1}, &error));
        double sum = 0;
        int total = 0, count;
        while (composer_advance(composer, &error) > 0) {
            const ComposerNote *notes = composer_notes(composer, &count);
            for (int n = 0; n < count; n++, total++)
                sum += notes[n].velocity;
        }
        mean[i] = sum / total;
    }
    ck_assert_msg(mean[1] > mean[0] + 20, "loud %.1f, soft %.1f", mean[1], mean[0]);
}
END_TEST

START_TEST(primes_are_continued) {
    for (int grid = 0; grid < 2; grid++) {
        ComposerSettings settings = composer_defaults;
        settings.grid = grid;
        settings.seconds = 30;
        int whole, count;
        uint16_t *prime = tokens_of(&settings, &whole);
        settings.prime = prime;
        settings.prime_count = whole / 3;
        settings.grid = !grid; /* the prime decides */
        settings.seed = 77;
        settings.seconds = 40;
        uint16_t *tokens = tokens_of(&settings, &count);
        ck_assert_int_gt(count, settings.prime_count);
        ck_assert_mem_eq(tokens, prime, (size_t)settings.prime_count * sizeof *tokens);
        ck_assert_int_eq(composer_state(composer)->performed, grid);
        free(tokens);
        Error error;
        settings.seconds = 5;
        ck_assert_int_eq(composer_begin(composer, &settings, happy, &error), -1);
        assert_contains(error.message, "too few");
        prime[1] = prime[0];
        ck_assert_int_eq(composer_begin(composer, &settings, happy, &error), -1);
        assert_contains(error.message, "grammar");
        free(prime);
    }
}
END_TEST

START_TEST(endless_pieces_end_when_asked_to) {
    for (int grid = 0; grid < 2; grid++) {
        ComposerSettings settings = composer_defaults;
        settings.grid = grid;
        Error error;
        ck_assert(!composer_begin(composer, &settings, happy, &error));
        for (int i = 0; i < 60; i++)
            ck_assert_int_eq(composer_advance(composer, &error), 1);
        double asked = composer_time(composer);
        composer_close(composer);
        int spans = 0;
        while (composer_advance(composer, &error) > 0)
            ck_assert_int_lt(spans++, 8);
        ck_assert(composer_state(composer)->ended);
        ck_assert(composer_time(composer) < asked + (grid ? 9 : 60));
        ck_assert_int_eq(composer_advance(composer, &error), 0);
    }
}
END_TEST

START_TEST(mood_takes_effect_in_the_next_bar) {
    ComposerSettings settings = composer_defaults;
    settings.grid = 0;
    settings.sampler.guidance = 5;
    int counts[2][3];
    for (int run = 0; run < 2; run++) {
        Error error;
        ck_assert(!composer_begin(composer, &settings, happy, &error));
        for (int bar = 0; bar < 3; bar++) {
            if (run && bar == 2)
                composer_set_mood(composer, (Mood){-1, -1, -1});
            ck_assert_int_eq(composer_advance(composer, &error), 1);
            composer_tokens(composer, &counts[run][bar]);
        }
    }
    ck_assert_int_eq(counts[0][1], counts[1][1]);
    ck_assert_int_ne(counts[0][2], counts[1][2]);
}
END_TEST

Suite *composer_suite(void) {
    Suite *suite = suite_create("composer");
    TCase *pieces = tcase_create("pieces");
    tcase_add_checked_fixture(pieces, setup, teardown);
    tcase_set_timeout(pieces, 60);
    tcase_add_loop_test(pieces, metric_pieces_have_their_length_within_a_bar, 0, 8);
    tcase_add_loop_test(pieces, performed_pieces_have_their_length, 0, 8);
    tcase_add_test(pieces, bars_are_counted);
    tcase_add_test(pieces, wishes_are_kept);
    tcase_add_test(pieces, pieces_begin_at_once_and_have_no_holes);
    tcase_add_test(pieces, pieces_close_on_the_tonic);
    tcase_add_test(pieces, only_the_tonics_triad_rings_at_the_end);
    tcase_add_test(pieces, two_hands_can_strike_every_chord);
    tcase_add_test(pieces, notes_are_those_of_the_tokens);
    tcase_add_test(pieces, seed_decides_and_threads_do_not);
    tcase_add_test(pieces, the_best_of_several_openings_is_taken);
    tcase_add_test(pieces, guidance_changes_the_piece);
    tcase_add_test(pieces, loudness_moves_velocities);
    tcase_add_test(pieces, primes_are_continued);
    tcase_add_test(pieces, endless_pieces_end_when_asked_to);
    tcase_add_test(pieces, mood_takes_effect_in_the_next_bar);
    suite_add_tcase(suite, pieces);
    return suite;
}
