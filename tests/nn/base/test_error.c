#include "nn/base/error.h"

#include <check.h>
#include <errno.h>
#include <string.h>

START_TEST(a_message_is_kept_and_minus_one_returned) {
    Error error;
    ck_assert_int_eq(error_set(&error, "%s:%d: %d pixels", "a.csv", 12, 2303), -1);
    ck_assert_str_eq(error.message, "a.csv:12: 2303 pixels");
}
END_TEST

START_TEST(the_system_error_is_appended) {
    Error error;
    errno = ENOENT;
    ck_assert_int_eq(error_errno(&error, "cannot open %s", "x"), -1);
    ck_assert_str_eq(error.message, "cannot open x: No such file or directory");
}
END_TEST

START_TEST(context_goes_before_the_message) {
    Error error;
    error_set(&error, "byte 8: too short");
    ck_assert_int_eq(error_context(&error, "model %s", "m"), -1);
    ck_assert_str_eq(error.message, "model m: byte 8: too short");
}
END_TEST

START_TEST(long_messages_are_cut_not_overrun) {
    Error error;
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    errno = EIO;
    error_set(&error, "%s", text);
    ck_assert_uint_eq(strlen(error.message), sizeof error.message - 1);
    error_errno(&error, "%s", text);
    ck_assert_uint_eq(strlen(error.message), sizeof error.message - 1);
    error_context(&error, "%s", text);
    ck_assert_uint_eq(strlen(error.message), sizeof error.message - 1);
}
END_TEST

START_TEST(nobody_needs_to_listen) {
    ck_assert_int_eq(error_set(NULL, "a"), -1);
    ck_assert_int_eq(error_errno(NULL, "a"), -1);
    ck_assert_int_eq(error_context(NULL, "a"), -1);
    ck_assert_int_eq(error_memory(NULL, "a", 5), -1);
}
END_TEST

START_TEST(lack_of_memory_says_how_much_for_what) {
    Error error;
    error_memory(&error, "the pixels", 12345);
    ck_assert_ptr_nonnull(strstr(error.message, "the pixels"));
    ck_assert_ptr_nonnull(strstr(error.message, "12345"));
}
END_TEST

Suite *error_suite(void) {
    Suite *suite = suite_create("error");
    TCase *tests = tcase_create("messages");
    tcase_add_test(tests, a_message_is_kept_and_minus_one_returned);
    tcase_add_test(tests, the_system_error_is_appended);
    tcase_add_test(tests, context_goes_before_the_message);
    tcase_add_test(tests, long_messages_are_cut_not_overrun);
    tcase_add_test(tests, nobody_needs_to_listen);
    tcase_add_test(tests, lack_of_memory_says_how_much_for_what);
    suite_add_tcase(suite, tests);
    return suite;
}
