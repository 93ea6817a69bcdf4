#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/music_folder.h"
#include "tests/support/music_models.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>

static const char *model;

static void setup(void) {
    scratch_create();
    music_model_destroy(music_model_untrained(41));
    model = scratch_path("music.safetensors");
}

static double number(const json_t *report, const char *key, const char *inner) {
    const json_t *value = json_object_get(report, key);
    if (inner)
        value = json_object_get(value, inner);
    ck_assert_msg(json_is_number(value), "%s.%s is no number", key, inner ? inner : "");
    return json_number_value(value);
}

START_TEST(clips_are_arranged_unless_the_model_is_of_performed_music) {
    for (int performed = 0; performed < 2; performed++) {
        Program runs[2];
        for (int named = 0; named < 2; named++) {
            runs[named] =
                affekt("eval", "music", "--data", "synthetic", "--clips", "1", "--seconds", "8",
                       "--no-likelihood", "--json", performed ? "--model" : "--quiet",
                       performed ? model : "--quiet", named ? "--style" : "--quiet",
                       !named      ? "--quiet"
                       : performed ? "performed"
                                   : "arranged");
            program_assert(&runs[named], EXIT_DONE);
        }
        ck_assert_str_eq(runs[0].output, runs[1].output);
        program_free(&runs[0]);
        program_free(&runs[1]);
    }
}
END_TEST

START_TEST(report_has_every_figure) {
    Program run = affekt("eval", "music", "--data", "synthetic", "--model", model, "--clips", "3",
                         "--seconds", "8", "--json", "--out", scratch_path("clips"));
    program_assert(&run, EXIT_DONE);
    json_t *report = json_loads(run.output, 0, NULL);
    ck_assert_ptr_nonnull(report);
    /* An untrained network is about as surprised as one that knows nothing: log 430 nats. */
    ck_assert_double_eq_tol(number(report, "nll_per_token", NULL), 6.06, 0.3);
    ck_assert(number(report, "nll_per_note", NULL) > number(report, "nll_per_token", NULL));
    ck_assert(number(report, "judge", "four_quadrant") > 0.9);
    ck_assert(number(report, "judge", "n") == 40);
    ck_assert(number(report, "judge_folds", "n") == 400);
    static const char *const shares[] = {"four_quadrant", "arousal", "valence"};
    for (int i = 0; i < 3; i++) {
        double share = number(report, "control", shares[i]);
        ck_assert(share >= 0 && share <= 1);
    }
    ck_assert(number(report, "control", "n") == 12);
    ck_assert(number(report, "control_fit", NULL) == 80);
    ck_assert(json_is_null(json_object_get(report, "control_cross")));
    double overlap = number(report, "overlap_area", "mean");
    ck_assert(overlap > 0 && overlap < number(report, "overlap_area", "real_mean"));
    ck_assert(number(report, "longest_copy", NULL) < number(report, "longest_copy_real", NULL));
    ck_assert(file_exists(scratch_path("clips/Q4-002.mid")));
    ck_assert(file_exists(scratch_path("clips/metrics.json")));
    json_decref(report);
    program_free(&run);
}
END_TEST

START_TEST(judge_alone_needs_no_clips) {
    Program run = affekt("eval", "music", "--data", "synthetic", "--model", model, "--clips", "0",
                         "--no-likelihood");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "five folds");
    assert_lacks(run.output, "nats");
    program_free(&run);
}
END_TEST

START_TEST(unknown_genre_names_the_known_ones) {
    Program run =
        affekt("eval", "music", "--data", "synthetic", "--model", model, "--genre", "polka");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "no genre 'polka'; it has unknown, pop, folk");
    program_free(&run);
}
END_TEST

START_TEST(arranged_clips_have_the_genre_of_lead_sheets) {
    Program run = affekt("eval", "music", "--data", "synthetic", "--genre", "polka");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "the model of lead sheets has no genre 'polka'; it has ");
    program_free(&run);
    Program runs[2];
    for (int jazz = 0; jazz < 2; jazz++) {
        runs[jazz] = affekt("eval", "music", "--data", "synthetic", "--clips", "1", "--seconds",
                            "8", "--no-likelihood", "--json", jazz ? "--genre" : "--quiet",
                            jazz ? "jazz" : "--quiet");
        program_assert(&runs[jazz], EXIT_DONE);
    }
    ck_assert_str_ne(runs[0].output, runs[1].output);
    program_free(&runs[0]);
    program_free(&runs[1]);
}
END_TEST

START_TEST(what_cannot_be_kept_is_told_before_the_work) {
    const char *file = scratch_write("file", "");
    Program run = affekt("eval", "music", "--data", "synthetic", "--model", "none.safetensors",
                         "--out", file);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "file is not a directory");
    program_free(&run);
}
END_TEST

START_TEST(quality_needs_training_clips_to_compare_with) {
    char labels[2048] = "file,quadrant\n", stats[2048] = "file,split\n";
    for (int i = 0; i < 20; i++) {
        const char *name = text_format("piece%c.mid", 'a' + i);
        music_folder_add(name, 16, i);
        strcat(labels, text_format("%s,Q%d\n", name, i % 4 + 1));
        strcat(stats, text_format("%s,%s\n", name, i < 12 ? "validation" : "test"));
    }
    music_folder_write("labels.csv", labels);
    music_folder_write("stats.csv", stats);
    Program run = affekt("eval", "music", "--data", music_folder(), "--model",
                         scratch_path("music.safetensors"), "--clips", "2", "--seconds", "5",
                         "--no-likelihood");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "only 20 held-out and 0 training clips");
    program_free(&run);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_listed) {
    for (int i = 0; i < 4; i++)
        music_folder_add(text_format("piece%c.mid", 'a' + i), 16, i);
    music_folder_write("broken.mid", "MThd");
    const char *list = scratch_path("bad.txt");
    Program run = affekt("eval", "music", "--data", music_folder(), "--model", model, "--clips",
                         "0", "--no-likelihood", "--list-bad", list);
    size_t size;
    char *text = (char *)file_bytes(list, &size);
    ck_assert_int_gt((int)size, 0);
    assert_contains(text_format("%.*s", (int)size, text), "broken.mid: ");
    free(text);
    program_free(&run);
}
END_TEST

START_TEST(missing_corpus_is_named) {
    Program run =
        affekt("eval", "music", "--data", "synthetic", "--model", model, "--judge", "nobody");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "nobody");
    program_free(&run);
    run = affekt("eval", "music");
    program_assert(&run, EXIT_USAGE);
    program_free(&run);
}
END_TEST

Suite *eval_music_suite(void) {
    Suite *suite = suite_create("eval_music");
    TCase *program = tcase_create("program");
    tcase_add_checked_fixture(program, setup, scratch_remove);
    tcase_set_timeout(program, 180);
    tcase_add_test(program, clips_are_arranged_unless_the_model_is_of_performed_music);
    tcase_add_test(program, report_has_every_figure);
    tcase_add_test(program, judge_alone_needs_no_clips);
    tcase_add_test(program, unknown_genre_names_the_known_ones);
    tcase_add_test(program, arranged_clips_have_the_genre_of_lead_sheets);
    tcase_add_test(program, what_cannot_be_kept_is_told_before_the_work);
    tcase_add_test(program, quality_needs_training_clips_to_compare_with);
    tcase_add_test(program, a_file_that_cannot_be_read_is_listed);
    tcase_add_test(program, missing_corpus_is_named);
    suite_add_tcase(suite, program);
    return suite;
}
