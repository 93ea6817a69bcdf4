/* Output for terminals that know no Unicode. */
#include "nn/command_line/ascii_output.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* What becomes of the text, written `step` bytes at a time. */
static char *to_ascii(const char *text, size_t step) {
    char *bytes;
    size_t size, length = strlen(text);
    FILE *into = open_memstream(&bytes, &size), *stream = ascii_output_open(into);
    ck_assert_ptr_nonnull(stream);
    setvbuf(stream, NULL, _IONBF, 0);
    for (size_t i = 0; i < length; i += step)
        ck_assert_uint_gt(fwrite(text + i, 1, step < length - i ? step : length - i, stream), 0);
    fclose(stream);
    fclose(into);
    return bytes;
}

START_TEST(signs_become_their_likes_and_letters_escapes) {
    static const struct {
        const char *text, *ascii;
    } cases[] = {
        {"plain\n", "plain\n"},
        {"48×48 … ±1 %  ██▌▏|", "48x48 ... +-1 %  ###|"},
        {"café ♪", "caf\\u{E9} \\u{266A}"},
        {"cut \xe2\x99", "cut \\xE2\\x99"},
        {"\xe9t\x80", "\\xE9t\\x80"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 8; step++) {
            char *ascii = to_ascii(cases[i].text, step);
            ck_assert_str_eq(ascii, cases[i].ascii);
            free(ascii);
        }
}
END_TEST

START_TEST(the_locale_is_read_as_posix_orders_it) {
    unsetenv("LC_ALL");
    unsetenv("LC_CTYPE");
    unsetenv("LANG");
    ck_assert(!locale_lacks_unicode());
    setenv("LANG", "C", 1);
    ck_assert(locale_lacks_unicode());
    setenv("LC_CTYPE", "de_DE.utf8", 1);
    ck_assert(!locale_lacks_unicode());
    setenv("LC_ALL", "POSIX", 1);
    ck_assert(locale_lacks_unicode());
    setenv("LC_ALL", "C.UTF-8", 1);
    ck_assert(!locale_lacks_unicode());
}
END_TEST

START_TEST(a_terminal_without_a_type_is_dumb) {
    unsetenv("TERM");
    ck_assert(terminal_is_dumb());
    setenv("TERM", "dumb", 1);
    ck_assert(terminal_is_dumb());
    setenv("TERM", "xterm-256color", 1);
    ck_assert(!terminal_is_dumb());
}
END_TEST

Suite *ascii_output_suite(void) {
    Suite *suite = suite_create("ascii_output");
    TCase *tcase = tcase_create("ascii_output");
    tcase_add_test(tcase, signs_become_their_likes_and_letters_escapes);
    tcase_add_test(tcase, the_locale_is_read_as_posix_orders_it);
    tcase_add_test(tcase, a_terminal_without_a_type_is_dumb);
    suite_add_tcase(suite, tcase);
    return suite;
}
