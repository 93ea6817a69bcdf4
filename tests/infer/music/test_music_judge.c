#include "infer/music/music_judge.h"

#include "datasets/corpus/synthetic_music.h"
#include "nn/base/rng.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

START_TEST(quadrants_are_those_of_emopia) {
    ck_assert_int_eq(music_quadrant(1, 1), QUADRANT_1);
    ck_assert_int_eq(music_quadrant(-1, 1), QUADRANT_2);
    ck_assert_int_eq(music_quadrant(-1, -1), QUADRANT_3);
    ck_assert_int_eq(music_quadrant(1, -1), QUADRANT_4);
    for (int q = 0; q < MUSIC_QUADRANTS; q++)
        ck_assert_int_eq(music_quadrant(music_quadrant_valence((MusicQuadrant)q),
                                        music_quadrant_arousal((MusicQuadrant)q)),
                         q);
}
END_TEST

START_TEST(scores_are_those_counted_by_hand) {
    JudgeScore score = {0};
    judge_score_add(&score, (float[]){.4f, .3f, .2f, .1f}, QUADRANT_1);   /* all right */
    judge_score_add(&score, (float[]){.4f, .3f, .2f, .1f}, QUADRANT_2);   /* arousal right */
    judge_score_add(&score, (float[]){.4f, .0f, .35f, .25f}, QUADRANT_4); /* valence and arousal */
    judge_score_add(&score, (float[]){.1f, .1f, .7f, .1f}, QUADRANT_1);   /* nothing */
    ck_assert_int_eq(score.n, 4);
    ck_assert_int_eq(score.four_quadrant, 1);
    ck_assert_int_eq(score.arousal, 3);
    ck_assert_int_eq(score.valence, 2);
}
END_TEST

static void synthetic(int i, float *features, MusicQuadrant *quadrant) {
    Error error;
    Rng rng = rng_split(rng_seed(3), (uint64_t)i);
    *quadrant = (MusicQuadrant)(i % MUSIC_QUADRANTS);
    Song *song = synthetic_music_compose(0.7f * music_quadrant_valence(*quadrant),
                                         0.7f * music_quadrant_arousal(*quadrant), 2, rng, &error);
    ck_assert_msg(song && !music_features(song, features, &error), "%s", error.message);
    song_free(song);
}

START_TEST(built_in_pieces_are_judged_right) {
    enum { FIT = 80, JUDGED = 40 };
    float *features = malloc(sizeof(float) * (FIT + JUDGED) * MUSIC_FEATURES);
    MusicQuadrant quadrants[FIT + JUDGED];
    for (int i = 0; i < FIT + JUDGED; i++)
        synthetic(i, features + (size_t)i * MUSIC_FEATURES, &quadrants[i]);
    Error error;
    MusicJudge *judge = music_judge_fit(features, quadrants, FIT, &error);
    ck_assert_msg(judge != NULL, "%s", error.message);
    JudgeScore score = {0};
    for (int i = FIT; i < FIT + JUDGED; i++) {
        float probabilities[MUSIC_QUADRANTS], total = 0;
        music_judge_probabilities(judge, features + (size_t)i * MUSIC_FEATURES, probabilities);
        for (int q = 0; q < MUSIC_QUADRANTS; q++)
            total += probabilities[q];
        ck_assert_float_eq_tol(total, 1, 1e-5f);
        judge_score_add(&score, probabilities, quadrants[i]);
    }
    ck_assert_int_ge(score.four_quadrant, 36);
    features[5] = NAN;
    ck_assert_ptr_null(music_judge_fit(features, quadrants, FIT, &error));
    music_judge_destroy(judge);
    free(features);
}
END_TEST

START_TEST(transposition_and_repetition_leave_the_features) {
    float features[2][MUSIC_FEATURES];
    Error error;
    for (int up = 0; up < 2; up++) {
        Song *song = song_create(480);
        ck_assert(!song_add_track(song, "Piano", &error));
        for (int i = 0; i < 48; i++) {
            static const int scale[] = {60, 64, 67, 72, 62, 65, 71, 74, 60, 67, 64, 60};
            SongNote note = {.onset = (uint32_t)(240 * i),
                             .release = (uint32_t)(240 * i + 240),
                             .pitch = (uint8_t)(scale[i % 12] + 3 * up),
                             .velocity = 64};
            ck_assert(!song_add_note(song, note, &error));
        }
        ck_assert(!song_finish(song, &error));
        ck_assert(!music_features(song, features[up], &error));
        song_free(song);
    }
    int moved = 0;
    for (int f = 0; f < MUSIC_FEATURES; f++)
        moved += fabsf(features[0][f] - features[1][f]) > 1e-5f;
    ck_assert_int_le(moved, 6 + 4); /* pitch's own spread, and its course */
}
END_TEST

Suite *music_judge_suite(void) {
    Suite *suite = suite_create("music_judge");
    TCase *judging = tcase_create("judging");
    tcase_set_timeout(judging, 60);
    tcase_add_test(judging, quadrants_are_those_of_emopia);
    tcase_add_test(judging, scores_are_those_counted_by_hand);
    tcase_add_test(judging, built_in_pieces_are_judged_right);
    tcase_add_test(judging, transposition_and_repetition_leave_the_features);
    suite_add_tcase(suite, judging);
    return suite;
}
