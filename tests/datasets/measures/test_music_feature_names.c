/* Features have names, and their groups cover them all. */
#include "datasets/measures/music_feature_names.h"

#include <check.h>
#include <string.h>

START_TEST(groups_cover_all_features) {
    int count = 0;
    for (int g = 0; g < MUSIC_FEATURE_GROUPS; g++) {
        ck_assert_int_eq(music_feature_group(count), g);
        count += music_feature_groups[g].count;
        ck_assert_int_eq(music_feature_group(count - 1), g);
    }
    ck_assert_int_eq(count, MUSIC_FEATURES);
}
END_TEST

START_TEST(names_say_what_a_feature_is) {
    char name[MUSIC_FEATURE_NAME];
    music_feature_name(8, name);
    ck_assert_str_eq(name, "pitches, median");
    for (int i = 0; i < MUSIC_FEATURES; i++) {
        char other[MUSIC_FEATURE_NAME];
        music_feature_name(i, name);
        for (int k = 0; k < i; k++) {
            music_feature_name(k, other);
            ck_assert_str_ne(name, other);
        }
        /* The velocities are what the classifier can be kept from. */
        if (!strncmp(name, "velocities", strlen("velocities")))
            ck_assert(music_feature_is_loudness(i));
    }
}
END_TEST

Suite *music_feature_names_suite(void) {
    Suite *suite = suite_create("music_feature_names");
    TCase *tests = tcase_create("music_feature_names");
    tcase_add_test(tests, groups_cover_all_features);
    tcase_add_test(tests, names_say_what_a_feature_is);
    suite_add_tcase(suite, tests);
    return suite;
}
