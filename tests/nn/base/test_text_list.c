#include "nn/base/text_list.h"

#include "tests/support/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

START_TEST(items_stand_between_commas) {
    static const struct {
        const char *list, *items[3];
        int count;
    } cases[] = {{"one", {"one"}, 1},
                 {"one,two", {"one", "two"}, 2},
                 {"a b,c=d,./e", {"a b", "c=d", "./e"}, 3}};
    Error error;
    int count;
    char **items = text_list_split(cases[_i].list, &count, &error);
    ck_assert_msg(items, "%s", error.message);
    ck_assert_int_eq(count, cases[_i].count);
    for (int i = 0; i < count; i++)
        ck_assert_str_eq(items[i], cases[_i].items[i]);
    free(items);
}
END_TEST

START_TEST(an_empty_item_is_named) {
    static const struct {
        const char *list, *complaint;
    } cases[] = {{"", "item 1"}, {",a", "item 1"}, {"a,,b", "item 2"}, {"a,b,", "item 3"}};
    Error error;
    int count;
    ck_assert_ptr_null(text_list_split(cases[_i].list, &count, &error));
    assert_contains(error.message, cases[_i].complaint);
}
END_TEST

START_TEST(a_sentence_lists_what_it_has_room_for) {
    static const char *const items[] = {"one", "two"};
    char text[9];
    text_list_join(items, 2, text, sizeof text);
    ck_assert_str_eq(text, "one, two");
    text_list_join(items, 2, text, 7);
    ck_assert_str_eq(text, "one, t");
    text_list_join(items, 0, text, sizeof text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(of_paths_the_last_parts_are_left) {
    static const char *const paths[][2] = {{"a.csv", "a.csv"},
                                           {"/home/me/a.csv", "a.csv"},
                                           {"b/midi/,../c.csv,d", "midi,c.csv,d"},
                                           {"/", ""},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", paths[i][0]);
        text_list_drop_folders(text);
        ck_assert_str_eq(text, paths[i][1]);
    }
}
END_TEST

Suite *text_list_suite(void) {
    Suite *suite = suite_create("text_list");
    TCase *tests = tcase_create("lists");
    tcase_add_loop_test(tests, items_stand_between_commas, 0, 3);
    tcase_add_loop_test(tests, an_empty_item_is_named, 0, 4);
    tcase_add_test(tests, a_sentence_lists_what_it_has_room_for);
    tcase_add_test(tests, of_paths_the_last_parts_are_left);
    suite_add_tcase(suite, tests);
    return suite;
}
