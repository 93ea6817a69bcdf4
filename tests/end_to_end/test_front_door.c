/* The front door: what `affekt` says before any verb runs. */
#include "tests/support/program.h"

START_TEST(no_words_show_the_help_as_an_error) {
    Program run = program_run((const char *const[]){NULL});
    program_assert(&run, EXIT_USAGE);
    ck_assert_str_eq(run.output, "");
    assert_contains(run.diagnostics, "Usage: affekt VERB");
    program_free(&run);
}
END_TEST

START_TEST(asking_for_help_prints_it_on_standard_output) {
    const char *const spellings[] = {"--help", "-h", "help"};
    Program run = affekt(spellings[_i]);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "Usage: affekt VERB");
    ck_assert_str_eq(run.diagnostics, "");
    program_free(&run);
}
END_TEST

START_TEST(an_unknown_verb_is_named_and_is_wrong_usage) {
    Program run = affekt("paint");
    program_assert(&run, EXIT_USAGE);
    ck_assert_str_eq(run.output, "");
    assert_contains(run.diagnostics, "'paint'");
    assert_contains(run.diagnostics, "affekt --help");
    program_free(&run);
}
END_TEST

START_TEST(half_a_verb_is_told_its_other_half) {
    const char *const words[][3] = {{"train"}, {"train", "--help"}, {"train", "faces"}};
    Program run = program_run(words[_i]);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "no verb 'train");
    assert_contains(run.diagnostics, "there are 'train face', 'train music'");
    assert_lacks(run.diagnostics, "--help'; ");
    program_free(&run);
}
END_TEST

START_TEST(help_and_a_verb_is_the_verbs_help) {
    Program run = affekt("help", "eval", "face"), same = affekt("eval", "face", "--help");
    program_assert(&run, EXIT_DONE);
    ck_assert_str_eq(run.output, same.output);
    program_free(&run);
    program_free(&same);
    run = affekt("help", "paint");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "no verb 'paint'");
    program_free(&run);
}
END_TEST

Suite *front_door_suite(void) {
    Suite *suite = suite_create("front door");
    TCase *tcase = tcase_create("help and usage");
    tcase_add_test(tcase, no_words_show_the_help_as_an_error);
    tcase_add_loop_test(tcase, asking_for_help_prints_it_on_standard_output, 0, 3);
    tcase_add_test(tcase, an_unknown_verb_is_named_and_is_wrong_usage);
    tcase_add_loop_test(tcase, half_a_verb_is_told_its_other_half, 0, 3);
    tcase_add_test(tcase, help_and_a_verb_is_the_verbs_help);
    suite_add_tcase(suite, tcase);
    return suite;
}
