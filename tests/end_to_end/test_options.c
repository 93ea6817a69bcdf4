/* What every verb of the front door's list must do with its options. */
#include "tests/support/program.h"

#include <stdlib.h>

enum { MAXIMUM_VERBS = 64, VERB_LENGTH = 32 };

typedef struct Verbs {
    char words[MAXIMUM_VERBS][2][VERB_LENGTH]; /* "eval" "face"; the second may be empty */
    int count;
} Verbs;

/* Takes the verbs from the front door's help: lines of two blanks, one or two words, more blanks.
 */
static Verbs listed_verbs(void) {
    Verbs verbs = {0};
    Program run = affekt("--help");
    program_assert(&run, EXIT_DONE);
    char *line = strstr(run.output, "Verbs:\n");
    ck_assert_ptr_nonnull(line);
    strtok(line, "\n");
    while ((line = strtok(NULL, "\n")) && !strncmp(line, "  ", 2)) {
        ck_assert_int_lt(verbs.count, MAXIMUM_VERBS);
        char(*words)[VERB_LENGTH] = verbs.words[verbs.count++];
        ck_assert_int_ge(sscanf(line, "  %31[^ ] %31[^ ]", words[0], words[1]), 1);
        if (line[2 + strlen(words[0]) + 1] == ' ')
            words[1][0] = 0;
    }
    ck_assert_int_gt(verbs.count, 0);
    program_free(&run);
    return verbs;
}

/* Runs `check` on each verb called with one option. */
static void with_each_verb(const char *option,
                           void (*check)(const Program *run, const char *verb)) {
    Verbs verbs = listed_verbs();
    for (int i = 0; i < verbs.count; i++) {
        const char *first = verbs.words[i][0], *second = verbs.words[i][1];
        Program run = *second ? affekt(first, second, option) : affekt(first, option);
        check(&run, *second ? text_format("%s %s", first, second) : first);
        program_free(&run);
    }
}

static void check_help(const Program *run, const char *verb) {
    program_assert(run, EXIT_DONE);
    ck_assert_str_eq(run->diagnostics, "");
    assert_contains(run->output, text_format("Usage: affekt %s ", verb));
    assert_contains(run->output, "--threads N");
    assert_contains(run->output, "--quiet");
    assert_contains(run->output, "--help");
    ck_assert_int_eq(run->output[strlen(run->output) - 1], '\n');
}

START_TEST(every_verb_explains_itself) {
    with_each_verb("--help", check_help);
}
END_TEST

static void check_unknown(const Program *run, const char *verb) {
    program_assert(run, EXIT_USAGE);
    ck_assert_str_eq(run->output, "");
    assert_contains(run->diagnostics,
                    text_format("affekt %s: unknown option '--frobnicate'", verb));
    assert_contains(run->diagnostics, text_format("affekt %s --help", verb));
}

START_TEST(every_verb_refuses_an_unknown_option) {
    with_each_verb("--frobnicate", check_unknown);
}
END_TEST

static void check_suggestion(const Program *run, const char *verb) {
    (void)verb;
    program_assert(run, EXIT_USAGE);
    assert_contains(run->diagnostics, "did you mean '--threads'?");
}

START_TEST(a_misspelt_option_gets_the_nearest_one_named) {
    with_each_verb("--thread=2", check_suggestion);
}
END_TEST

static void check_range(const Program *run, const char *verb) {
    (void)verb;
    program_assert(run, EXIT_USAGE);
    assert_contains(run->diagnostics, "--threads: -1 is outside 0 … 256");
}

START_TEST(a_value_out_of_range_is_told_its_range) {
    with_each_verb("--threads=-1", check_range);
}
END_TEST

static void check_number(const Program *run, const char *verb) {
    (void)verb;
    program_assert(run, EXIT_USAGE);
    assert_contains(run->diagnostics, "--threads: 'two' is not a whole number");
}

START_TEST(a_word_is_no_number) {
    with_each_verb("--threads=two", check_number);
}
END_TEST

static void check_value(const Program *run, const char *verb) {
    (void)verb;
    program_assert(run, EXIT_USAGE);
    assert_contains(run->diagnostics, "--threads needs a value");
}

START_TEST(an_option_without_its_value_is_wrong_usage) {
    with_each_verb("--threads", check_value);
}
END_TEST

Suite *options_suite(void) {
    Suite *suite = suite_create("options");
    TCase *tcase = tcase_create("every verb");
    tcase_add_test(tcase, every_verb_explains_itself);
    tcase_add_test(tcase, every_verb_refuses_an_unknown_option);
    tcase_add_test(tcase, a_misspelt_option_gets_the_nearest_one_named);
    tcase_add_test(tcase, a_value_out_of_range_is_told_its_range);
    tcase_add_test(tcase, a_word_is_no_number);
    tcase_add_test(tcase, an_option_without_its_value_is_wrong_usage);
    suite_add_tcase(suite, tcase);
    return suite;
}
