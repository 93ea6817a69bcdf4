/* What bash, zsh and fish offer while a command is being typed. Those shells that are not installed
 * are skipped. */
#include "tests/support/files.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <stdlib.h>

/* What the script prints under the shell, in which `affekt` is the program. */
static char *said_by(const char *shell, const char *script) {
    scratch_write("script", script);
    const char *command = text_format("ln -sf $(realpath %s) %s && PATH=%s:$PATH %s %s >%s 2>&1",
                                      program_path(), scratch_path("affekt"), scratch_path("."),
                                      shell, scratch_path("script"), scratch_path("offers"));
    int status = system(command);
    char *offers = (char *)file_bytes(scratch_path("offers"), NULL);
    ck_assert_msg(!status, "%s: %s", command, offers);
    return offers;
}

static bool is_there(const char *shell, const char *test) {
    bool there = !system(text_format("%s -c '%s' >/dev/null 2>&1", shell, test));
    if (!there)
        fprintf(stderr, "skipped: no %s\n", shell);
    return there;
}

/* The last of these words is being typed; the offers, one a line. */
static const struct {
    const char *words, *offers;
} cases[] = {
    {"cla", "classify\n"},
    {"library ex", "export\n"},
    {"train face --ar", "--arch\n"},
    {"train face --arch vgg", "vgg\nvgg-wide\n"},
    {"classify --no-d", "--no-detect\n"},
};
enum { CASES = sizeof cases / sizeof *cases };

static int count_words(const char *text) {
    int count = 1;
    for (; *text; text++)
        count += *text == ' ';
    return count;
}

START_TEST(bash_completes_verbs_options_and_choices) {
    if (!is_there("bash", "type complete"))
        return;
    char *offers = said_by(
        "bash", text_format("COMP_WORDS=(affekt %s); COMP_CWORD=%d; . .packaging/affekt.bash; "
                            "_affekt; printf '%%s\\n' \"${COMPREPLY[@]}\"",
                            cases[_i].words, count_words(cases[_i].words)));
    ck_assert_str_eq(offers, cases[_i].offers);
    free(offers);
}
END_TEST

START_TEST(fish_completes_verbs_options_and_choices) {
    if (!is_there("fish", "type complete"))
        return;
    char *offers =
        said_by("fish", text_format("source .packaging/affekt.fish; complete -C 'affekt %s' | "
                                    "string replace -r '\\t.*' ''; true",
                                    cases[_i].words));
    ck_assert_str_eq(offers, cases[_i].offers);
    free(offers);
}
END_TEST

START_TEST(fish_offers_no_files_in_place_of_a_verb) {
    if (!is_there("fish", "type complete"))
        return;
    char *offers = said_by("fish", "source .packaging/affekt.fish; complete -C 'affekt train '");
    assert_contains(offers, "face");
    assert_lacks(offers, "README");
    free(offers);
}
END_TEST

/* zsh's own part, which chooses among what it is given, needs a terminal: here it shows what it was
 * given, and what is left of the command line. */
static char *given_to_zsh(const char *words) {
    return said_by("zsh -f",
                   text_format("_arguments() { print -rl -- \"$@\" \"$words at $CURRENT\" }\n"
                               "compadd() { shift; print -rl -- \"$@\" }\n"
                               "complete() { source .packaging/affekt.zsh }\n"
                               "words=(affekt %s); CURRENT=%d; complete\n",
                               words, count_words(words) + 1));
}

START_TEST(zsh_is_given_verbs) {
    if (!is_there("zsh", "true"))
        return;
    char *offers = given_to_zsh("cla");
    assert_contains(offers, "classify\n");
    assert_lacks(offers, "face");
    free(offers);
    offers = given_to_zsh("train m");
    assert_contains(offers, "face\nmusic\n");
    assert_lacks(offers, "classify");
    free(offers);
}
END_TEST

/* Verbs of one word and of two. */
START_TEST(zsh_is_given_options_and_choices) {
    if (!is_there("zsh", "true"))
        return;
    char *offers = given_to_zsh("train face --ar");
    assert_contains(offers, "\n--arch=[");
    assert_contains(offers, ":(vgg vgg-wide ");
    assert_contains(offers, "\n--quiet[");
    assert_contains(offers, "\naffekt --ar at 2\n");
    free(offers);
    offers = given_to_zsh("classify a.png --no-d");
    assert_contains(offers, "\n--no-detect[");
    assert_contains(offers, "\naffekt a.png --no-d at 3\n");
    free(offers);
}
END_TEST

Suite *completion_suite(void) {
    Suite *suite = suite_create("completion");
    TCase *tcase = tcase_create("shells");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, bash_completes_verbs_options_and_choices, 0, CASES);
    tcase_add_loop_test(tcase, fish_completes_verbs_options_and_choices, 0, CASES);
    tcase_add_test(tcase, fish_offers_no_files_in_place_of_a_verb);
    tcase_add_test(tcase, zsh_is_given_verbs);
    tcase_add_test(tcase, zsh_is_given_options_and_choices);
    suite_add_tcase(suite, tcase);
    return suite;
}
