/* The token language: its table, and the grammar as a machine to sample with. */
#include "datasets/music/music_tokens.h"

#include "datasets/music/music_encode.h"
#include "nn/base/rng.h"
#include "tests/support/text.h"

#include <stdlib.h>

START_TEST(the_table_numbers_every_token_once) {
    int next = 0;
    for (int kind = 0; kind < MUSIC_KINDS; kind++) {
        ck_assert_int_eq(music_ranges[kind].first, next);
        ck_assert_int_gt(music_ranges[kind].count, 0);
        for (int i = 0; i < music_ranges[kind].count; i++) {
            int index;
            ck_assert_int_eq((int)music_token_kind(music_token((MusicKind)kind, i), &index), kind);
            ck_assert_int_eq(index, i);
        }
        next += music_ranges[kind].count;
    }
    ck_assert_int_eq(next, MUSIC_VOCABULARY);
    ck_assert_int_le(MUSIC_VOCABULARY, 400);
}
END_TEST

START_TEST(every_token_has_a_name_of_its_own) {
    static char names[MUSIC_VOCABULARY][32];
    for (int a = 0; a < MUSIC_VOCABULARY; a++) {
        music_token_name(a, names[a], sizeof names[a]);
        for (int b = 0; b < a; b++)
            ck_assert_msg(strcmp(names[a], names[b]), "tokens %d and %d are both %s", a, b,
                          names[a]);
    }
    char name[32];
    music_token_name(music_token(MUSIC_PITCH, 60 - MUSIC_LOWEST_PITCH), name, sizeof name);
    ck_assert_str_eq(name, "pitch:C4");
    music_token_name(music_token(MUSIC_METER, 7), name, sizeof name);
    ck_assert_str_eq(name, "meter:6/8");
}
END_TEST

START_TEST(tempos_and_durations_are_near_what_they_stand_for) {
    for (double bpm = 30; bpm <= 240; bpm += 0.5)
        ck_assert_double_le(abs((int)(100 * (music_tempo_bpm(music_tempo_index(bpm)) / bpm - 1))),
                            3);
    ck_assert_int_eq(music_tempo_index(1), 0);
    ck_assert_int_eq(music_tempo_index(1e9), MUSIC_TEMPOS - 1);
    for (int performed = 0; performed < 2; performed++)
        for (long steps = 1; steps <= 192; steps++) {
            long found =
                music_duration_steps(performed, music_duration_index(performed, steps, 1000));
            ck_assert_int_le(labs(found - steps), 1 + steps / 5);
            ck_assert_int_le(
                music_duration_steps(performed, music_duration_index(performed, steps, 5)), 5);
        }
    /* Sixteenths, triplets, dotted notes and ties to a sixteenth are exact. */
    static const long exact[] = {3, 4, 6, 8, 9, 12, 15, 18, 24, 36, 48, 96};
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++)
        ck_assert_int_eq(music_duration_steps(false, music_duration_index(false, exact[i], 1000)),
                         exact[i]);
}
END_TEST

static void assert_sequence(const int *tokens, int count, bool last_allowed) {
    MusicState state;
    music_state_begin(&state);
    for (int i = 0; i < count; i++) {
        char name[32];
        music_token_name(tokens[i], name, sizeof name);
        bool expected = i + 1 < count || last_allowed;
        ck_assert_msg(music_grammar_allows(&state, tokens[i]) == expected, "token %d, %s", i, name);
        ck_assert(music_grammar_step(&state, tokens[i]) == expected);
    }
}

/* start … and one note at the first position of the only bar. */
#define T(kind, index) music_token(MUSIC_##kind, index)
#define ONE_NOTE                                                                                   \
    T(START, 0), T(GRID, 0), T(MODE, 0), T(TONIC, 7), T(LAST_BARS, 0), T(METER, 2), T(TEMPO, 24),  \
        T(POSITION, 0), T(VELOCITY, 8), T(PITCH, 66), T(METRIC_DURATION, 11)
#define assert_next(token, expected)                                                               \
    do {                                                                                           \
        const int tokens[] = {ONE_NOTE, token};                                                    \
        assert_sequence(tokens, sizeof tokens / sizeof *tokens, expected);                         \
    } while (0)

START_TEST(the_grammar_allows_one_way_to_write_a_piece) {
    assert_next(T(END, 0), true);
    assert_next(T(POSITION, 1), true);
    assert_next(T(POSITION, 0), false);  /* not back in time */
    assert_next(T(POSITION, 48), false); /* not beyond the bar */
    assert_next(T(PITCH, 67), true);
    assert_next(T(PITCH, 66), false); /* from low to high, each once */
    assert_next(T(PITCH, 65), false);
    assert_next(T(VELOCITY, 9), true);
    assert_next(T(VELOCITY, 8), false); /* only where it changes */
    assert_next(T(BAR, 0), false);      /* the countdown has ended */
    assert_next(T(LAST_BARS, 0), false);
    assert_next(T(SHIFT, 0), false); /* of the other grid */
    assert_next(T(PERFORMED_DURATION, 0), false);
    assert_next(T(METRIC_DURATION, 0), false);
    assert_next(T(TEMPO, 3), false); /* only at a bar line */
    assert_next(T(START, 0), false);
}
END_TEST

START_TEST(a_sounding_pitch_cannot_be_struck_again) {
    const int early[] = {ONE_NOTE, T(POSITION, 11), T(PITCH, 66)};
    const int then[] = {ONE_NOTE, T(POSITION, 12), T(PITCH, 66)};
    assert_sequence(early, sizeof early / sizeof *early, false);
    assert_sequence(then, sizeof then / sizeof *then, true);
}
END_TEST

START_TEST(the_countdown_runs_from_four_to_one) {
#define OPEN T(START, 0), T(GRID, 0), T(MODE, 0), T(TONIC, 0), T(BAR, 0), T(METER, 2), T(TEMPO, 24)
    const int four[] = {OPEN, T(LAST_BARS, 3)}, three[] = {OPEN, T(LAST_BARS, 2)};
    const int on[] = {OPEN, T(LAST_BARS, 3), T(LAST_BARS, 2), T(LAST_BARS, 1), T(LAST_BARS, 0)};
    const int skipping[] = {OPEN, T(LAST_BARS, 3), T(LAST_BARS, 1)},
              back[] = {OPEN, T(LAST_BARS, 3), T(BAR, 0)};
    const int silent[] = {
        OPEN, T(LAST_BARS, 3), T(LAST_BARS, 2), T(LAST_BARS, 1), T(LAST_BARS, 0), T(END, 0)};
    assert_sequence(four, sizeof four / sizeof *four, true);
    assert_sequence(three, sizeof three / sizeof *three, false);
    assert_sequence(on, sizeof on / sizeof *on, true);
    assert_sequence(skipping, sizeof skipping / sizeof *skipping, false);
    assert_sequence(back, sizeof back / sizeof *back, false);
    assert_sequence(silent, sizeof silent / sizeof *silent, false);
}
END_TEST

START_TEST(a_token_outside_the_vocabulary_is_never_allowed) {
    MusicState state;
    music_state_begin(&state);
    ck_assert(!music_grammar_allows(&state, -1));
    ck_assert(!music_grammar_allows(&state, MUSIC_VOCABULARY));
    ck_assert(!music_grammar_step(&state, 65535));
    ck_assert_int_eq((int)state.last, MUSIC_KINDS);
}
END_TEST

/* Draws a piece with all allowed tokens equally likely, but bars and ends rarer, and returns its
 * length, 0 when it did not end. */
static int draw_piece(Rng rng, uint16_t *tokens, int most) {
    MusicState state;
    uint8_t allowed[MUSIC_VOCABULARY];
    music_state_begin(&state);
    for (int count = 0; count < most;) {
        int may = music_grammar_mask(&state, allowed), token = -1;
        ck_assert_int_gt(may, 0);
        int differ = 0; /* one assertion for all: Check's take their time */
        for (int i = 0; i < MUSIC_VOCABULARY; i++)
            differ += allowed[i] != music_grammar_allows(&state, i);
        ck_assert_int_eq(differ, 0);
        int choice = (int)rng_below(rng, (uint64_t)count, (uint32_t)may);
        while (choice >= 0)
            choice -= allowed[++token];
        ck_assert(music_grammar_step(&state, token));
        tokens[count++] = (uint16_t)token;
        if (state.ended) {
            ck_assert_int_eq(music_grammar_mask(&state, allowed), 0);
            return count;
        }
    }
    return 0;
}

START_TEST(whatever_the_grammar_allows_is_told_and_written_down_the_same) {
    enum { MOST = 3000 };
    static uint16_t tokens[MOST];
    const MusicEncodeSettings settings = {0};
    int ended = 0, performed = 0;
    for (uint64_t trial = 0; trial < 150; trial++) {
        int count = draw_piece(rng_split(rng_seed(3), trial), tokens, MOST), again_count;
        uint16_t *again;
        Error error;
        if (!count)
            continue;
        ended++;
        performed += tokens[1] == T(GRID, 1);
        Song *song = music_decode(tokens, count, 0, &error);
        ck_assert_msg(song != NULL, "%s", error.message);
        ck_assert_msg(!music_encode(song, &settings, &again, &again_count, &error), "%s",
                      error.message);
        ck_assert_int_eq(again_count, count);
        ck_assert_mem_eq(again, tokens, (size_t)count * sizeof *tokens);
        song_free(song);
        free(again);
    }
    ck_assert_int_gt(performed, 10);
    ck_assert_int_gt(ended - performed, 10);
}
END_TEST

Suite *music_tokens_suite(void) {
    Suite *suite = suite_create("music_tokens");
    TCase *tcase = tcase_create("music_tokens");
    tcase_add_test(tcase, the_table_numbers_every_token_once);
    tcase_add_test(tcase, every_token_has_a_name_of_its_own);
    tcase_add_test(tcase, tempos_and_durations_are_near_what_they_stand_for);
    tcase_add_test(tcase, the_grammar_allows_one_way_to_write_a_piece);
    tcase_add_test(tcase, a_sounding_pitch_cannot_be_struck_again);
    tcase_add_test(tcase, the_countdown_runs_from_four_to_one);
    tcase_add_test(tcase, a_token_outside_the_vocabulary_is_never_allowed);
    tcase_add_test(tcase, whatever_the_grammar_allows_is_told_and_written_down_the_same);
    suite_add_tcase(suite, tcase);
    return suite;
}
