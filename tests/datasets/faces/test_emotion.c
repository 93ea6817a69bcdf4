/* The table of emotions: an order that went wrong would show nowhere else. */
#include "datasets/faces/emotion.h"

#include <check.h>
#include <math.h>

START_TEST(codes_are_those_of_fer2013) {
    static const char *const order[] = {"angry", "disgust",  "fear",   "happy",
                                        "sad",   "surprise", "neutral"};
    ck_assert_int_eq(EMOTION_COUNT, 7);
    for (int code = 0; code < EMOTION_COUNT; code++)
        ck_assert_str_eq(emotions[code].name, order[code]);
}
END_TEST

START_TEST(names_spellings_and_digits_mean_their_emotion) {
    static const struct {
        const char *name;
        int code;
    } cases[] = {{"angry", 0},   {"Anger", 0},     {"disgusted", 1}, {"FEAR", 2},
                 {"fearful", 2}, {"happiness", 3}, {"Sadness", 4},   {"surprised", 5},
                 {"Neutral", 6}, {"calm", 6},      {"0", 0},         {"6", 6},
                 {"7", -1},      {"", -1},         {"contempt", -1}, {"happy ", -1},
                 {"01", -1}};
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(emotion_from_name(cases[i].name) == cases[i].code,
                      "'%s' means %d, expected %d", cases[i].name, emotion_from_name(cases[i].name),
                      cases[i].code);
}
END_TEST

START_TEST(no_spelling_means_two_emotions) {
    for (int code = 0; code < EMOTION_COUNT; code++) {
        ck_assert_int_eq(emotion_from_name(emotions[code].name), code);
        for (int i = 0; i < EMOTION_SPELLINGS && emotions[code].spellings[i]; i++)
            ck_assert_int_eq(emotion_from_name(emotions[code].spellings[i]), code);
    }
}
END_TEST

START_TEST(valence_and_arousal_lie_in_their_quadrants) {
    static const int signs[EMOTION_COUNT][2] = {{-1, 1},  {-1, 1}, {-1, 1}, {1, 1},
                                                {-1, -1}, {1, 1},  {0, 0}};
    for (int code = 0; code < EMOTION_COUNT; code++) {
        float valence = emotions[code].valence, arousal = emotions[code].arousal;
        ck_assert(fabsf(valence) <= 1 && fabsf(arousal) <= 1);
        ck_assert_int_eq((valence > 0) - (valence < 0), signs[code][0]);
        ck_assert_int_eq((arousal > 0) - (arousal < 0), signs[code][1]);
    }
}
END_TEST

Suite *emotion_suite(void) {
    Suite *suite = suite_create("emotion");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, codes_are_those_of_fer2013);
    tcase_add_test(tcase, names_spellings_and_digits_mean_their_emotion);
    tcase_add_test(tcase, no_spelling_means_two_emotions);
    tcase_add_test(tcase, valence_and_arousal_lie_in_their_quadrants);
    suite_add_tcase(suite, tcase);
    return suite;
}
