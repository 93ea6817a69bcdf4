/* text.h: short strings for tests: formatting, and assertions that show both texts. */
#ifndef TESTS_SUPPORT_TEXT_H
#define TESTS_SUPPORT_TEXT_H

#include <check.h>
#include <string.h>

/* The formatted text, in one of 64 static buffers of 4096 bytes used in turn; a longer text fails
 * the test. */
const char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define assert_contains(text, part)                                                                \
    ck_assert_msg(strstr(text, part), "expected to find \"%s\" in:\n%s", part, text)

#define assert_lacks(text, part)                                                                   \
    ck_assert_msg(!strstr(text, part), "expected not to find \"%s\" in:\n%s", part, text)

#endif
