/* Showing the page: only on a desktop, and never in this terminal. */
#include "compose/web/browser.h"

#include "nn/base/clock.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <stdlib.h>
#include <sys/stat.h>

static Error error;

START_TEST(without_a_desktop_nothing_is_opened) {
    unsetenv("DISPLAY");
    setenv("WAYLAND_DISPLAY", "", 1);
    ck_assert_int_eq(browser_open("http://localhost:1/", &error), -1);
    assert_contains(error.message, "open the link in a browser");
}
END_TEST

START_TEST(without_xdg_open_it_says_so) {
    setenv("DISPLAY", ":0", 1);
    setenv("PATH", scratch_path(""), 1);
    ck_assert_int_eq(browser_open("http://localhost:1/", &error), -1);
    assert_contains(error.message, "xdg-open");
}
END_TEST

START_TEST(the_browser_gets_the_link_and_no_terminal) {
    const char *told = scratch_path("told");
    const char *script =
        scratch_write("xdg-open", text_format("#!/bin/sh\nexec 3>%s.part\necho \"$1\" >&3\n"
                                              "(: </dev/tty) 2>/dev/null && echo terminal >&3\n"
                                              "[ \"$(cat)\" ] && echo input >&3\nmv %s.part %s\n",
                                              told, told, told));
    ck_assert_int_eq(chmod(script, 0755), 0);
    setenv("DISPLAY", ":0", 1);
    setenv("PATH", text_format("%s:%s", scratch_path(""), getenv("PATH")), 1);
    ck_assert_msg(!browser_open("http://localhost:1/#a b", &error), "%s", error.message);
    for (int i = 0; i < 1000 && !file_exists(told); i++)
        clock_sleep(0.02);
    unsigned char *text = file_bytes(told, NULL);
    ck_assert_str_eq((const char *)text, "http://localhost:1/#a b\n");
    free(text);
}
END_TEST

Suite *browser_suite(void) {
    Suite *suite = suite_create("browser");
    TCase *tcase = tcase_create("browser");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, without_a_desktop_nothing_is_opened);
    tcase_add_test(tcase, without_xdg_open_it_says_so);
    tcase_add_test(tcase, the_browser_gets_the_link_and_no_terminal);
    suite_add_tcase(suite, tcase);
    return suite;
}
