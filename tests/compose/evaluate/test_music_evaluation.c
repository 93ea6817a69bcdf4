/* The evaluation of clips whose truth is known: the corpus' own. */
#include "compose/evaluate/music_evaluation.h"

#include "datasets/corpus/synthetic_music.h"

#include <check.h>
#include <stdlib.h>

enum { PIECES = 160 };
static const double seconds = 8;

static MusicCorpus *corpus;
static MusicEvaluationSettings settings;

static void set_up(void) {
    Error error;
    corpus = synthetic_music_corpus(PIECES, 1, &error);
    ck_assert_msg(corpus != NULL, "%s", error.message);
    settings = (MusicEvaluationSettings){.cross_corpus = -1, .composer = composer_defaults};
    settings.composer.seconds = seconds;
}

static void tear_down(void) {
    music_corpus_free(corpus);
}

/* The clips that no generator was trained on, `turn` quadrants off; `all` keeps them in memory. */
static Clips held_out(Clips *all, int turn) {
    Error error;
    ck_assert_int_eq(clips_of_corpus(corpus, 0, seconds, all, &error), 0);
    Clips chosen = {.list = calloc((size_t)all->count, sizeof *chosen.list)};
    ck_assert_ptr_nonnull(chosen.list);
    for (int i = 0; i < all->count; i++)
        if (all->list[i].entry->split != MUSIC_TRAIN) {
            chosen.list[chosen.count] = all->list[i];
            chosen.list[chosen.count].quadrant =
                (MusicQuadrant)(((int)all->list[i].quadrant + turn) % MUSIC_QUADRANTS);
            chosen.count++;
        }
    return chosen;
}

static MusicEvaluation evaluate(int turn) {
    Error error;
    MusicEvaluation evaluation;
    Clips all, clips = held_out(&all, turn);
    ck_assert_msg(!music_evaluation_of_clips(corpus, &settings, &clips, &evaluation, &error), "%s",
                  error.message);
    ck_assert_int_eq(evaluation.control.n, clips.count);
    ck_assert_int_eq(evaluation.n_generated, clips.count);
    ck_assert_int_eq(evaluation.n_held_out, clips.count);
    /* The control's judge knows no clip that the generator was trained on. */
    ck_assert_int_eq(evaluation.n_control_fit, clips.count);
    ck_assert_int_lt(clips.count, PIECES / 2);
    free(clips.list);
    clips_free(&all);
    return evaluation;
}

static double share(int part, int n) {
    return (double)part / n;
}

START_TEST(clips_of_the_asked_quadrant_are_found_and_others_are_not) {
    for (int turn = 0; turn < MUSIC_QUADRANTS; turn++) {
        MusicEvaluation evaluation = evaluate(turn);
        double found = share(evaluation.control.four_quadrant, evaluation.control.n);
        ck_assert(turn ? found < 0.1 : found > 0.9);
        for (int q = 0; q < MUSIC_QUADRANTS; q++) {
            const JudgeScore *score = &evaluation.control_by_quadrant[q];
            ck_assert_int_gt(score->n, 0);
            ck_assert(turn ? share(score->four_quadrant, score->n) < 0.5
                           : share(score->four_quadrant, score->n) > 0.5);
        }
        ck_assert_int_eq(evaluation.control_cross.n, 0);
        music_evaluation_free(&evaluation);
    }
}
END_TEST

START_TEST(the_other_judge_is_fitted_to_the_other_corpus) {
    settings.cross_corpus = 0;
    MusicEvaluation evaluation = evaluate(0);
    ck_assert_int_eq(evaluation.control_cross.n, evaluation.control.n);
    ck_assert_double_gt(share(evaluation.control_cross.four_quadrant, evaluation.control.n), 0.9);
    music_evaluation_free(&evaluation);
}
END_TEST

START_TEST(clips_overlap_with_themselves_and_copy_what_they_copy) {
    MusicEvaluation evaluation = evaluate(0);
    ck_assert_double_gt(evaluation.overlap_mean, evaluation.overlap_real_mean);
    ck_assert_double_gt(evaluation.overlap_mean, 0.95);
    ck_assert_int_eq(evaluation.longest_copy, evaluation.longest_copy_real);
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        ck_assert_mem_eq(evaluation.generated[q], evaluation.real[q], sizeof(MusicMeans));
    music_evaluation_free(&evaluation);
}
END_TEST

Suite *music_evaluation_suite(void) {
    Suite *suite = suite_create("music_evaluation");
    TCase *tcase = tcase_create("music evaluation");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, clips_of_the_asked_quadrant_are_found_and_others_are_not);
    tcase_add_test(tcase, the_other_judge_is_fitted_to_the_other_corpus);
    tcase_add_test(tcase, clips_overlap_with_themselves_and_copy_what_they_copy);
    suite_add_tcase(suite, tcase);
    return suite;
}
