#include "datasets/music/music_condition.h"

#include <check.h>
#include <math.h>

enum { GENRES = 4, WIDTH = MUSIC_CONDITION_WIDTH(GENRES) };

static void check_features(float valence, float arousal, int genre, const float *expected) {
    float features[WIDTH];
    music_condition_fill(valence, arousal, genre, GENRES, features);
    for (int i = 0; i < WIDTH; i++)
        ck_assert_msg(features[i] == expected[i], "feature %d is %g, expected %g", i, features[i],
                      expected[i]);
}

START_TEST(known_emotion_and_genre_are_told) {
    check_features(-0.5f, 0.25f, 2, (float[]){1, -0.5f, 0.25f, 0, 0, 1, 0});
}
END_TEST

START_TEST(unknown_emotion_is_not_the_neutral_one) {
    check_features(0, 0, 0, (float[]){1, 0, 0, 1, 0, 0, 0});
    check_features(NAN, NAN, 0, (float[]){0, 0, 0, 1, 0, 0, 0});
    check_features(0.5f, NAN, 3, (float[]){0, 0, 0, 0, 0, 0, 1});
}
END_TEST

START_TEST(values_out_of_range_are_brought_back) {
    check_features(-7, 2, 9, (float[]){1, -1, 1, 1, 0, 0, 0});
    check_features(-7, 2, -1, (float[]){1, -1, 1, 1, 0, 0, 0});
}
END_TEST

START_TEST(metadata_names_the_genres) {
    json_t *metadata = json_object();
    music_condition_describe(metadata, (const char *const[]){"unknown", "pop", "folk"}, 3);
    ck_assert_str_eq(json_string_value(json_object_get(metadata, "genres")), "unknown,pop,folk");
    ck_assert_str_eq(json_string_value(json_object_get(metadata, "music_language")), "1");
    json_decref(metadata);
}
END_TEST

START_TEST(names_that_are_no_utf_8_still_count) {
    json_t *metadata = json_object();
    music_condition_describe(metadata, (const char *const[]){"unknown", "fran\347ais", "pop"}, 3);
    ck_assert_str_eq(json_string_value(json_object_get(metadata, "genres")),
                     "unknown,fran\xEF\xBF\xBD"
                     "ais,pop");
    json_decref(metadata);
}
END_TEST

Suite *music_condition_suite(void) {
    Suite *suite = suite_create("music_condition");
    TCase *features = tcase_create("features");
    tcase_add_test(features, known_emotion_and_genre_are_told);
    tcase_add_test(features, unknown_emotion_is_not_the_neutral_one);
    tcase_add_test(features, values_out_of_range_are_brought_back);
    tcase_add_test(features, metadata_names_the_genres);
    tcase_add_test(features, names_that_are_no_utf_8_still_count);
    suite_add_tcase(suite, features);
    return suite;
}
