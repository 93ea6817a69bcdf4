#include "compose/write/opening.h"

#include <check.h>

static const Mood excited = {.valence = 1, .arousal = 1}, calm = {.valence = 1, .arousal = -1},
                  sad = {.valence = -1, .arousal = -1};

static double score(double density, double length, double gain, Mood mood) {
    const Opening opening = {.density = density, .length = length, .gain = gain};
    return opening_score(&opening, mood);
}

START_TEST(what_real_music_does_scores_best) {
    double usual = score(8.7, 0.52, 0, excited);
    ck_assert_double_gt(usual, score(3, 0.52, 0, excited));   /* sparse */
    ck_assert_double_gt(usual, score(30, 0.52, 0, excited));  /* hectic */
    ck_assert_double_gt(usual, score(8.7, 0.06, 0, excited)); /* dry */
    ck_assert_double_gt(usual, score(8.7, 5, 0, excited));    /* blurred */
    ck_assert_double_gt(usual, score(8.7, 0.52, 0, calm));    /* of another mood */
    ck_assert_double_gt(score(5, 1, 0, calm), score(5, 1, 0, excited));
}
END_TEST

START_TEST(between_moods_the_best_lies_between) {
    const Mood middle = {0};
    double between = score(6.7, 0.7, 0, middle);
    ck_assert_double_gt(between, score(8.7, 0.52, 0, middle) - 0.5);
    ck_assert_double_gt(between, score(12, 0.3, 0, middle));
    ck_assert_double_gt(between, score(3, 1.5, 0, middle));
}
END_TEST

START_TEST(what_the_mood_makes_likelier_scores_higher) {
    ck_assert_double_gt(score(5, 1, 0.08, sad), score(5, 1, 0.05, sad));
    ck_assert_double_gt(score(4, 1, 0.08, sad), score(5, 1, 0.02, sad));
    /* but not at any price */
    ck_assert_double_lt(score(30, 0.05, 0.1, sad), score(5, 1, 0.05, sad));
}
END_TEST

Suite *opening_suite(void) {
    Suite *suite = suite_create("opening");
    TCase *scores = tcase_create("scores");
    tcase_add_test(scores, what_real_music_does_scores_best);
    tcase_add_test(scores, between_moods_the_best_lies_between);
    tcase_add_test(scores, what_the_mood_makes_likelier_scores_higher);
    suite_add_tcase(suite, scores);
    return suite;
}
