/* Names shown without what would drive a terminal. */
#include "nn/base/plain_text.h"

#include "nn/base/json_text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text, *plain;
} cases[] = {
    {"", ""},
    {"song.mid", "song.mid"},
    {"caf\xc3\xa9 \xe2\x99\xaa \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x99\xaa \xf0\x9f\x98\x80"},
    {"\x1b[31mred\a", "\\x1B[31mred\\x07"},
    {"two\nlines\tand\r", "two\\nlines\\tand\\r"},
    {"caf\xe9", "caf\\xE9"}, /* Latin-1 */
    {"\xc2\x9b"
     "31m",
     "\\u{9B}31m"}, /* a control sequence in one character */
    {"gpj.\xe2\x80\xae"
     "exe\xe2\x80\xac",
     "gpj.\\u{202E}exe\\u{202C}"},                /* turns the direction */
    {"\xc0\xaf", "\\xC0\\xAF"},                   /* longer than it need be */
    {"\xed\xa0\x80", "\\xED\\xA0\\x80"},          /* half of a pair */
    {"\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"}, /* beyond Unicode */
    {"cut \xe2\x99", "cut \\xE2\\x99"},
    {"\x7f", "\\x7F"},
};

START_TEST(what_drives_a_terminal_is_shown) {
    PlainText buffer;
    ck_assert_str_eq(plain_text(cases[_i].text, &buffer), cases[_i].plain);
    char *printed;
    size_t size;
    FILE *stream = open_memstream(&printed, &size);
    plain_print(cases[_i].text, stream);
    fclose(stream);
    ck_assert_str_eq(printed, cases[_i].plain);
    free(printed);
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters) {
    char text[3001];
    for (int i = 0; i < 3000; i += 3)
        memcpy(text + i, "\xe2\x99\xaa", 3);
    text[3000] = 0;
    PlainText buffer;
    const char *plain = plain_text(text, &buffer);
    ck_assert_uint_lt(strlen(plain), sizeof buffer.text);
    ck_assert_str_eq(plain + strlen(plain) - 3, "...");
    ck_assert_uint_eq((strlen(plain) - 3) % 3, 0);
}
END_TEST

START_TEST(names_come_back_from_json) {
    json_t *object = json_object();
    ck_assert_int_eq(json_add_bytes(object, "file", "plain \xe2\x99\xaa.png"), 0);
    ck_assert_uint_eq(json_object_size(object), 0);
    ck_assert_int_eq(json_add_bytes(object, "file", "a b/caf\xe9%.png"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(object, "file_bytes")),
                     "a%20b/caf%E9%25.png");
    json_t *shown = json_text("caf\xe9 \xe2\x99\xaa");
    ck_assert_str_eq(json_string_value(shown), "caf\xef\xbf\xbd \xe2\x99\xaa");
    json_decref(shown);
    json_decref(object);
}
END_TEST

Suite *plain_text_suite(void) {
    Suite *suite = suite_create("plain_text");
    TCase *tcase = tcase_create("plain_text");
    tcase_add_loop_test(tcase, what_drives_a_terminal_is_shown, 0,
                        (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tcase, a_long_text_is_cut_between_characters);
    tcase_add_test(tcase, names_come_back_from_json);
    suite_add_tcase(suite, tcase);
    return suite;
}
