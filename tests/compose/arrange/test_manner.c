/* Pieces of one emotion differ, and what tells emotions apart stays. */
#include "compose/arrange/manner.h"
#include "compose/write/mood.h"

#include <check.h>

START_TEST(the_same_numbers_give_the_same_manner) {
    Cues first = manner_cues(&cues_table[EMOTION_SAD], rng_seed(3));
    Cues second = manner_cues(&cues_table[EMOTION_SAD], rng_seed(3));
    ck_assert_int_eq(first.velocity, second.velocity);
    ck_assert_double_eq(first.articulation, second.articulation);
    ck_assert_double_eq(first.open, second.open);
}
END_TEST

START_TEST(pieces_differ_within_their_limits) {
    enum { PIECES = 200 };
    const Cues *row = &cues_table[EMOTION_FEAR];
    int softest = 127, loudest = 0;
    for (int i = 0; i < PIECES; i++) {
        Cues cues = manner_cues(row, rng_seed((uint64_t)i));
        softest = cues.velocity < softest ? cues.velocity : softest;
        loudest = cues.velocity > loudest ? cues.velocity : loudest;
        ck_assert_double_ge(cues.articulation, 0.3);
        ck_assert_double_le(cues.articulation, 1);
        ck_assert_double_gt(cues.chord_seconds, 0);
        ck_assert_double_gt(cues.timing, 0);
        ck_assert_double_ge(cues.open, 0);
        ck_assert_double_le(cues.open, 1);
        ck_assert_int_eq(cues.low, row->low);
        ck_assert_int_eq(cues.high, row->high);
        ck_assert_double_eq(cues.major, row->major);
    }
    ck_assert_int_gt(loudest - softest, 15);
}
END_TEST

START_TEST(the_same_numbers_move_all_emotions_alike) {
    for (uint64_t seed = 0; seed < 50; seed++) {
        Cues angry = manner_cues(&cues_table[EMOTION_ANGRY], rng_seed(seed));
        Cues sad = manner_cues(&cues_table[EMOTION_SAD], rng_seed(seed));
        ck_assert_int_eq(angry.velocity - sad.velocity,
                         cues_table[EMOTION_ANGRY].velocity - cues_table[EMOTION_SAD].velocity);
    }
}
END_TEST

Suite *manner_suite(void) {
    Suite *suite = suite_create("manner");
    TCase *tests = tcase_create("manner");
    tcase_add_test(tests, the_same_numbers_give_the_same_manner);
    tcase_add_test(tests, pieces_differ_within_their_limits);
    tcase_add_test(tests, the_same_numbers_move_all_emotions_alike);
    suite_add_tcase(suite, tests);
    return suite;
}
