/* Showing the page: only on a desktop, and never in this terminal. */
#include "compose/web/browser.h"

#include "nn/base/clock.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <stdlib.h>
#include <sys/stat.h>

static BrowserPage page;
static Error error;

START_TEST(without_a_desktop_nothing_is_opened) {
    unsetenv("DISPLAY");
    setenv("WAYLAND_DISPLAY", "", 1);
    ck_assert_int_eq(browser_open("http://localhost:1/", &page, &error), -1);
    assert_contains(error.message, "open the link in a browser");
    browser_close(&page);
}
END_TEST

START_TEST(without_xdg_open_it_says_so_and_leaves_nothing) {
    setenv("DISPLAY", ":0", 1);
    setenv("PATH", scratch_path(""), 1);
    setenv("XDG_RUNTIME_DIR", scratch_path(""), 1);
    ck_assert_int_eq(browser_open("http://localhost:1/", &page, &error), -1);
    assert_contains(error.message, "xdg-open");
    ck_assert_int_eq(scratch_count(), 0);
}
END_TEST

START_TEST(the_browser_gets_a_private_page_with_the_link_and_no_terminal) {
    const char *told = scratch_path("told");
    const char *script =
        scratch_write("xdg-open", text_format("#!/bin/sh\nexec 3>%s.part\ncat \"$1\" >&3\n"
                                              "(: </dev/tty) 2>/dev/null && echo terminal >&3\n"
                                              "[ \"$(cat)\" ] && echo input >&3\nmv %s.part %s\n",
                                              told, told, told));
    ck_assert_int_eq(chmod(script, 0755), 0);
    setenv("DISPLAY", ":0", 1);
    setenv("PATH", text_format("%s:%s", scratch_path(""), getenv("PATH")), 1);
    setenv("XDG_RUNTIME_DIR", "/nowhere", 1);
    setenv("TMPDIR", scratch_path(""), 1);
    ck_assert_msg(!browser_open("http://localhost:1/#ab", &page, &error), "%s", error.message);
    for (int i = 0; i < 1000 && !file_exists(told); i++)
        clock_sleep(0.02);
    char *text = (char *)file_bytes(told, NULL);
    assert_contains(text, "content=\"0;url=http://localhost:1/#ab\"");
    assert_lacks(text, "terminal");
    assert_lacks(text, "input");
    free(text);
    struct stat status;
    ck_assert_int_eq(stat(page.path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    ck_assert_int_eq(stat(page.folder, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    browser_close(&page);
    ck_assert_int_eq(scratch_count(), 2);
}
END_TEST

Suite *browser_suite(void) {
    Suite *suite = suite_create("browser");
    TCase *tcase = tcase_create("browser");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, without_a_desktop_nothing_is_opened);
    tcase_add_test(tcase, without_xdg_open_it_says_so_and_leaves_nothing);
    tcase_add_test(tcase, the_browser_gets_a_private_page_with_the_link_and_no_terminal);
    suite_add_tcase(suite, tcase);
    return suite;
}
