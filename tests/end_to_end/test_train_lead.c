/* `affekt train music --task lead` and `eval music --form` on pieces that the program has
 * composed: themes that return, with their chords. */
#include "tests/support/files.h"
#include "tests/support/program.h"
#include "tests/support/resumed.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 6 };

static void set_up(void) {
    scratch_create();
    Program run = affekt("compose", "happy", "--style", "arranged", "--candidates", "1", "--count",
                         "6", "--bars", "16", "--genre", "pop", "--seed", "5", "-o",
                         scratch_path("corpus/tunes/"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    char stats[512] = "file,split\n";
    for (int i = 1; i <= PIECES; i++)
        strcat(stats, text_format("happy-%d.mid,%s\n", i, i < 6 ? "train" : "validation"));
    scratch_write("corpus/tunes/stats.csv", stats);
}

#define TINY                                                                                       \
    "train", "music", "--task", "lead", "--data", scratch_path("corpus"), "--hidden", "12",        \
        "--embedding", "6", "--layers", "1", "--steps", "32", "--batch", "4", "--epochs", "3"

START_TEST(lead_sheets_are_learnt_and_resume_to_the_same_bits) {
    const char *whole = scratch_path("whole.safetensors");
    Program run = assert_resumes((const char *const[]){TINY, NULL}, whole);
    assert_contains(run.diagnostics, "6 lead sheets");
    assert_contains(run.output, "nats per token");
    program_free(&run);
    run = affekt("show", whole);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "lead_language");
    program_free(&run);
}
END_TEST

START_TEST(only_a_model_of_lead_sheets_is_started_from) {
    const char *model = scratch_path("lead.safetensors");
    Program run = affekt(TINY, "--epochs", "1", "--out", model);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt(TINY, "--epochs", "1", "--start", model, "--out", scratch_path("b.safetensors"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt(TINY, "--epochs", "1", "--start", scratch_path("lead.checkpoint.safetensors"),
                 "--out", scratch_path("c.safetensors"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "lead.checkpoint.safetensors");
    program_free(&run);
    run = affekt(TINY, "--epochs", "1", "--start", "compose/models/music.safetensors", "--out",
                 scratch_path("c.safetensors"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "no 'lead_language'");
    program_free(&run);
}
END_TEST

START_TEST(a_file_without_a_lead_sheet_is_listed) {
    scratch_write("corpus/tunes/noise.mid", "MThd");
    const char *list = scratch_path("bad.txt");
    Program run =
        affekt(TINY, "--epochs", "1", "--out", scratch_path("a.safetensors"), "--list-bad", list);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    char *text = (char *)file_bytes(list, NULL);
    assert_contains(text, "noise.mid: ");
    free(text);
}
END_TEST

START_TEST(a_model_of_lead_sheets_composes) {
    const char *model = scratch_path("lead.safetensors"), *piece = scratch_path("a.mid");
    Program run = affekt(TINY, "--epochs", "1", "--out", model);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt("compose", "sad", "--model", model, "--bars", "8", "-o", piece);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "4/4");
    program_free(&run);
    const char *folder = scratch_path("corpus");
    run = affekt("eval", "music", "--form", folder, "--json");
    program_assert(&run, EXIT_DONE);
    json_t *report = json_loads(run.output, 0, NULL);
    const json_t *column = json_array_get(report, 0);
    ck_assert_msg(column != NULL, "%s", run.output);
    ck_assert_int_eq((int)json_integer_value(json_object_get(column, "files")), PIECES);
    const json_t *figures = json_object_get(column, "figures_again");
    ck_assert_double_gt(json_number_value(json_object_get(figures, "mean")), 0.1);
    json_decref(report);
    program_free(&run);
    run = affekt("eval", "music", "--form", folder);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "corpus");
    program_free(&run);
}
END_TEST

Suite *train_lead_suite(void) {
    Suite *suite = suite_create("train_lead");
    TCase *tcase = tcase_create("train_lead");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, lead_sheets_are_learnt_and_resume_to_the_same_bits);
    tcase_add_test(tcase, only_a_model_of_lead_sheets_is_started_from);
    tcase_add_test(tcase, a_file_without_a_lead_sheet_is_listed);
    tcase_add_test(tcase, a_model_of_lead_sheets_composes);
    suite_add_tcase(suite, tcase);
    return suite;
}
