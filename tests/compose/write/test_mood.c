#include "compose/write/mood.h"

#include <check.h>
#include <math.h>

START_TEST(emotions_lie_in_their_quadrants) {
    static const int signs[EMOTION_COUNT][2] = {
        [EMOTION_ANGRY] = {-1, 1},  [EMOTION_DISGUST] = {-1, 1}, [EMOTION_FEAR] = {-1, 1},
        [EMOTION_HAPPY] = {1, 1},   [EMOTION_SAD] = {-1, -1},    [EMOTION_SURPRISE] = {1, 1},
        [EMOTION_NEUTRAL] = {0, 0},
    };
    for (int e = 0; e < EMOTION_COUNT; e++) {
        Mood mood = mood_of_emotion((Emotion)e);
        ck_assert_int_eq((mood.valence > 0.5f) - (mood.valence < -0.5f), signs[e][0]);
        ck_assert_int_eq((mood.arousal > 0.5f) - (mood.arousal < -0.5f), signs[e][1]);
        ck_assert(fabsf(mood.valence) <= 1 && fabsf(mood.arousal) <= 1);
    }
}
END_TEST

START_TEST(fear_is_softer_than_anger) {
    ck_assert(mood_of_emotion(EMOTION_FEAR).loudness < mood_of_emotion(EMOTION_ANGRY).loudness);
}
END_TEST

START_TEST(mirror_stays) {
    Mood sad = mood_of_emotion(EMOTION_SAD);
    for (int i = 0; i <= 10; i++) {
        Mood mood = mood_at(MOOD_MIRROR, sad, i / 10.0);
        ck_assert_float_eq(mood.valence, sad.valence);
        ck_assert_float_eq(mood.arousal, sad.arousal);
    }
}
END_TEST

START_TEST(regulation_meets_the_feeling_and_leads_away) {
    Mood sad = mood_of_emotion(EMOTION_SAD), last = sad;
    for (int i = 0; i <= 20; i++) {
        Mood mood = mood_at(MOOD_REGULATE, sad, i / 20.0);
        ck_assert(mood.valence >= last.valence && mood.arousal >= last.arousal);
        if (i <= 5)
            ck_assert_float_eq(mood.valence, sad.valence);
        last = mood;
    }
    ck_assert_float_eq_tol(last.valence, 1, 1e-6f);
    ck_assert(last.arousal > 0.5f);
}
END_TEST

START_TEST(regulation_calms_what_is_unpleasant_and_excited) {
    static const Emotion excited[] = {EMOTION_ANGRY, EMOTION_FEAR, EMOTION_DISGUST};
    for (int i = 0; i < 3; i++) {
        Mood goal = mood_goal(MOOD_REGULATE, mood_of_emotion(excited[i]));
        ck_assert(goal.valence > 0.5f && goal.arousal < -0.5f);
    }
    Mood happy = mood_goal(MOOD_REGULATE, mood_of_emotion(EMOTION_HAPPY));
    ck_assert_float_eq_tol(happy.valence, 1, 1e-6f);
    ck_assert_float_eq_tol(happy.arousal, 1, 1e-6f);
}
END_TEST

/* A small step of the feeling is a small step of the goal, everywhere. */
START_TEST(regulation_changes_its_goal_evenly) {
    const float step = 0.01f;
    for (float valence = -1; valence <= 1; valence += step)
        for (float arousal = -1; arousal <= 1; arousal += step) {
            Mood goal = mood_goal(MOOD_REGULATE, (Mood){.valence = valence, .arousal = arousal});
            const Mood nearby[2] = {{.valence = valence + step, .arousal = arousal},
                                    {.valence = valence, .arousal = arousal + step}};
            for (int i = 0; i < 2; i++) {
                Mood other = mood_goal(MOOD_REGULATE, nearby[i]);
                ck_assert_float_le(fabsf(other.valence - goal.valence), 0.05f);
                ck_assert_float_le(fabsf(other.arousal - goal.arousal), 0.05f);
            }
        }
}
END_TEST

START_TEST(moods_have_words) {
    static const char *const words[EMOTION_COUNT] = {"unpleasant, excited",
                                                     "unpleasant, excited",
                                                     "unpleasant, excited",
                                                     "pleasant, excited",
                                                     "unpleasant, calm",
                                                     "pleasant, excited",
                                                     "neutral"};
    for (int e = 0; e < EMOTION_COUNT; e++)
        ck_assert_str_eq(mood_words(mood_of_emotion((Emotion)e)), words[e]);
    ck_assert_str_eq(mood_words((Mood){.valence = 0.1f, .arousal = -0.8f}), "calm");
}
END_TEST

START_TEST(a_taste_shifts_and_stretches_within_the_plane) {
    const MoodTaste taste = {.valence_shift = 0.2f, .arousal_gain = -0.5f};
    Mood sad = mood_of_emotion(EMOTION_SAD), mood = mood_for_taste(taste, sad);
    ck_assert_float_eq_tol(mood.valence, sad.valence + 0.2f, 1e-6f);
    ck_assert_float_eq_tol(mood.arousal, sad.arousal / 2, 1e-6f);
    ck_assert_float_eq(mood.loudness, sad.loudness);
    ck_assert_float_eq(mood_for_taste((MoodTaste){.valence_shift = 3}, sad).valence, 1);
    ck_assert(isnan(mood_for_taste(taste, (Mood){.valence = NAN}).valence));
    ck_assert(mood_taste_is_plain((MoodTaste){0}) && !mood_taste_is_plain(taste));
}
END_TEST

Suite *mood_suite(void) {
    Suite *suite = suite_create("mood");
    TCase *moods = tcase_create("moods");
    tcase_add_test(moods, emotions_lie_in_their_quadrants);
    tcase_add_test(moods, a_taste_shifts_and_stretches_within_the_plane);
    tcase_add_test(moods, fear_is_softer_than_anger);
    tcase_add_test(moods, moods_have_words);
    tcase_add_test(moods, mirror_stays);
    tcase_add_test(moods, regulation_meets_the_feeling_and_leads_away);
    tcase_add_test(moods, regulation_calms_what_is_unpleasant_and_excited);
    tcase_add_test(moods, regulation_changes_its_goal_evenly);
    suite_add_tcase(suite, moods);
    return suite;
}
