/* What the tour of README.md leaves in a checkout is no change of it. */
#include "tests/support/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The words after each -o, --out and compose in the README's commands, and what is written beside
 * them. */
static const char *const written[] = {"small.safetensors",
                                      "small.checkpoint.safetensors",
                                      "small.csv",
                                      "small.curve.png",
                                      "results/metrics.json",
                                      "happy.mid",
                                      "band.mid",
                                      "pieces/happy.wav",
                                      "sad.mid",
                                      "lift.m3u8"};

START_TEST(what_the_tour_writes_is_ignored_by_git) {
    struct stat info;
    if (stat(".git", &info) || system("git rev-parse --git-dir >/dev/null 2>&1")) {
        fprintf(stderr, "skipped: this is no checkout of git\n");
        return;
    }
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        ck_assert_msg(!system(text_format("git check-ignore -q %s", written[i])), "%s", written[i]);
    ck_assert_msg(!system("test -z \"$(git ls-files --cached --ignored --exclude-standard)\""),
                  "a file of the repository is ignored");
}
END_TEST

Suite *tour_suite(void) {
    Suite *suite = suite_create("tour");
    TCase *tcase = tcase_create("tour");
    tcase_add_test(tcase, what_the_tour_writes_is_ignored_by_git);
    suite_add_tcase(suite, tcase);
    return suite;
}
