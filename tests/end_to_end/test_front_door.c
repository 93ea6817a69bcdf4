/* The front door: what `affekt` says before any verb runs. */
#include "datasets/media/ffmpeg.h"
#include "tests/support/clips.h"
#include "tests/support/files.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

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

START_TEST(the_version_comes_with_the_instruction_set_in_use) {
    ck_assert_int_eq(setenv("AFFEKT_ISA", "portable", 1), 0);
    Program run = affekt("--version");
    unsetenv("AFFEKT_ISA");
    program_assert(&run, EXIT_DONE);
    ck_assert_str_eq(run.output, "affekt 1.0, computing with portable\n");
    program_free(&run);
}
END_TEST

START_TEST(an_unknown_instruction_set_is_refused) {
    static const char *const names[] = {"sse9", "AVX2", "avx2 "};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ck_assert_int_eq(setenv("AFFEKT_ISA", names[i], 1), 0);
        Program run = affekt("--version");
        unsetenv("AFFEKT_ISA");
        program_assert(&run, EXIT_USAGE);
        assert_contains(run.diagnostics, "this build and machine have portable");
        program_free(&run);
    }
}
END_TEST

/* In the C locale, and not in what programs read. */
START_TEST(output_is_ascii_where_the_locale_is) {
    ck_assert_int_eq(setenv("LC_ALL", "C", 1), 0);
    Program run = affekt("classify", "--help");
    program_assert(&run, EXIT_DONE);
    for (const char *c = run.output; *c; c++)
        ck_assert_msg(!(*c & 0x80), "%.40s", c);
    program_free(&run);
    run = affekt("show", "--json", scratch_write("caf\xc3\xa9.mid", "MThd"));
    unsetenv("LC_ALL");
    assert_contains(run.diagnostics, "caf\\u{E9}.mid");
    program_free(&run);
}
END_TEST

#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ /* they need more addresses */

START_TEST(little_memory_is_told_and_never_waited_for) {
    static const int kilobytes[] = {320000, 420000, 620000, 900000};
    const char *program = program_path();
    for (size_t i = 0; i < sizeof kilobytes / sizeof *kilobytes; i++) {
        const char *words = scratch_path("words");
        const char *command = text_format("ulimit -v %d; '%s' --version >/dev/null 2>'%s'; exit $?",
                                          kilobytes[i], program, words);
        int status = system(command);
        /* The loader or OpenBLAS, which starts its threads when it is loaded, may end it before. */
        size_t size = 0;
        free(file_bytes(words, &size));
        ck_assert_msg(WIFEXITED(status) && (!WEXITSTATUS(status) || size > 0), "%d: %d",
                      kilobytes[i], status);
        command =
            text_format("ulimit -v %d; '%s' classify --no-detect experiments/demo/collins.png "
                        ">/dev/null 2>'%s'; exit $?",
                        kilobytes[i], program, words);
        status = system(command);
        ck_assert(WIFEXITED(status));
        if (WEXITSTATUS(status) == EXIT_FAILED) {
            char *text = (char *)file_bytes(words, NULL);
            assert_contains(text, "out of memory");
            free(text);
        }
    }
}
END_TEST

#endif

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
    const char *const words[][3] = {{"train"}, {"train", "voices"}};
    Program run = program_run(words[_i]);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "no verb 'train");
    assert_contains(run.diagnostics, "there are 'train face', 'train music'");
    assert_lacks(run.diagnostics, "--help'; ");
    program_free(&run);
}
END_TEST

START_TEST(a_misspelt_or_swapped_verb_gets_the_nearest_one_named) {
    static const struct {
        const char *words[4];
        const char *said;
    } slips[] = {
        {{"classfy", "face.png"}, "no verb 'classfy'; did you mean 'classify'? Try"},
        {{"trian", "face", "--quiet"}, "no verb 'trian face'; did you mean 'train face'? Try"},
        {{"train", "faces"}, "no verb 'train faces'; did you mean 'train face'? Try"},
        {{"music", "eval"}, "no verb 'music eval'; did you mean 'eval music'? Try"},
    };
    Program run = program_run(slips[_i].words);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, slips[_i].said);
    program_free(&run);
}
END_TEST

START_TEST(help_for_half_a_verb_lists_its_verbs) {
    const char *const words[][3] = {{"train", "--help"}, {"train", "-h"}, {"help", "train"}};
    Program run = program_run(words[_i]);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "train face");
    assert_contains(run.output, "train music");
    assert_lacks(run.output, "eval face");
    program_free(&run);
}
END_TEST

/* Each verb that the front door knows, in a file. */
static FILE *verbs(void) {
    const char *list = scratch_path("verbs");
    ck_assert_int_eq(system(text_format("%s --help=words | cut -f1 >%s", program_path(), list)), 0);
    FILE *stream = fopen(list, "r");
    ck_assert_ptr_nonnull(stream);
    return stream;
}

/* In the options' order and with the same words as --help; groff finds nothing to say of it. */
START_TEST(each_verb_has_a_page_in_the_manual) {
    FILE *stream = verbs();
    char verb[64];
    int count = 0;
    bool groff = !system("groff --version >/dev/null 2>&1");
    while (fgets(verb, sizeof verb, stream)) {
        verb[strcspn(verb, "\n")] = 0;
        const char *page = scratch_path("page");
        ck_assert_int_eq(system(text_format("%s %s --help=man >%s", program_path(), verb, page)),
                         0);
        ck_assert_msg(!system(text_format("grep -q '^.TH AFFEKT' %s && grep -q 'threads to use' %s",
                                          page, page)),
                      "%s", verb);
        ck_assert_msg(
            !groff || !system(text_format("test -z \"$(groff -K utf8 -man -Tutf8 -ww -z %s 2>&1)\"",
                                          page)),
            "%s", verb);
        count++;
    }
    fclose(stream);
    ck_assert_int_ge(count, 11);
}
END_TEST

START_TEST(the_program_has_a_page_in_the_manual) {
    Program run = affekt("--help=man");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, ".TH AFFEKT 1");
    assert_contains(run.output, "train music");
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

START_TEST(a_result_that_nobody_gets_is_a_failure) {
    if (access("/dev/full", W_OK))
        return;
    const char *said = scratch_path("said");
    int status = system(text_format("%s --version >/dev/full 2>%s", program_path(), said));
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), EXIT_FAILED);
    unsigned char *text = file_bytes(said, NULL);
    assert_contains((char *)text, "cannot write to standard output");
    free(text);
}
END_TEST

#ifdef HAVE_FFMPEG

/* `live` keeps its log open while it prints notes: the log must not be what they are printed to. */
START_TEST(a_closed_stream_is_no_file_to_print_into) {
    const char *clip = clip_write("clip.y4m", 48, 48, 5), *path = scratch_path("log.jsonl");
    int status = system(text_format("%s live --no-detect --fast --no-audio --input %s --log %s "
                                    "2>&-",
                                    program_path(), clip, path));
    ck_assert_int_eq(status, 0);
    unsigned char *log = file_bytes(path, NULL);
    for (char *line = strtok((char *)log, "\n"); line; line = strtok(NULL, "\n"))
        ck_assert_msg(*line == '{', "%s", line);
    free(log);
}
END_TEST

#endif

Suite *front_door_suite(void) {
    Suite *suite = suite_create("front door");
    TCase *tcase = tcase_create("help and usage");
    tcase_add_test(tcase, no_words_show_the_help_as_an_error);
    tcase_add_loop_test(tcase, asking_for_help_prints_it_on_standard_output, 0, 3);
    tcase_add_test(tcase, the_version_comes_with_the_instruction_set_in_use);
    tcase_add_test(tcase, an_unknown_instruction_set_is_refused);
    tcase_add_test(tcase, an_unknown_verb_is_named_and_is_wrong_usage);
    tcase_add_loop_test(tcase, half_a_verb_is_told_its_other_half, 0, 2);
    tcase_add_loop_test(tcase, a_misspelt_or_swapped_verb_gets_the_nearest_one_named, 0, 4);
    tcase_add_test(tcase, help_and_a_verb_is_the_verbs_help);
    tcase_add_loop_test(tcase, help_for_half_a_verb_lists_its_verbs, 0, 3);
    tcase_add_test(tcase, the_program_has_a_page_in_the_manual);
    suite_add_tcase(suite, tcase);
    TCase *streams = tcase_create("files and streams");
    tcase_add_checked_fixture(streams, scratch_create, scratch_remove);
    tcase_add_test(streams, output_is_ascii_where_the_locale_is);
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
    tcase_add_test(streams, little_memory_is_told_and_never_waited_for);
#endif
    tcase_add_test(streams, each_verb_has_a_page_in_the_manual);
    tcase_add_test(streams, a_result_that_nobody_gets_is_a_failure);
#ifdef HAVE_FFMPEG
    tcase_add_test(streams, a_closed_stream_is_no_file_to_print_into);
#endif
    suite_add_tcase(suite, streams);
    return suite;
}
