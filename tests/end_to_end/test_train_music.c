/* `affekt train music` as a user runs it, on the built-in pieces: epochs of different lengths,
 * resume, threads, a chosen start, mistakes. */
#include "tests/support/files.h"
#include "tests/support/program.h"
#include "tests/support/resumed.h"
#include "tests/support/scratch.h"

#include <check.h>

/* A fifth of the pieces, drawn anew for each epoch: no two epochs have the same number of batches.
 */
#define TINY                                                                                       \
    "train", "music", "--data", "synthetic", "--weights", "built-in=0.2", "--hidden", "12",        \
        "--embedding", "6", "--steps", "32", "--batch", "8", "--epochs", "3", "--average", "0.9"

START_TEST(epochs_of_different_lengths_resume_to_the_same_bits_on_any_threads) {
    Program run =
        assert_resumes((const char *const[]){TINY, NULL}, scratch_path("whole.safetensors"));
    assert_contains(run.output, "nats per token");
    assert_contains(run.diagnostics, "epoch 3/3");
    program_free(&run);
}
END_TEST

START_TEST(a_model_is_fine_tuned_on_labelled_pieces) {
    const char *first = scratch_path("first.safetensors"),
               *tuned = scratch_path("tuned.safetensors");
    Program run = affekt(TINY, "--epochs", "1", "--out", first, "--quiet");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt(TINY, "--epochs", "1", "--out", tuned, "--start", first, "--labelled-only",
                 "--json", "--quiet");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"validation_nll_per_token\"");
    program_free(&run);
    run = affekt(TINY, "--epochs", "1", "--out", scratch_path("deeper.safetensors"), "--start",
                 first, "--layers", "3");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "layers, expected 3 (--layers)");
    program_free(&run);
}
END_TEST

START_TEST(a_recipe_stands_for_the_words_of_the_model_card) {
    const char *named = scratch_path("named.safetensors"),
               *typed = scratch_path("typed.safetensors");
    Program run =
        affekt(TINY, "--epochs", "1", "--average", "0.999", "--seed", "1", "--out", typed);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt("train", "music", "--data", "synthetic", "--recipe", "shipped", "--weights",
                 "built-in=0.2", "--hidden", "12", "--embedding", "6", "--steps", "32", "--batch",
                 "8", "--epochs", "1", "--out", named);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    assert_same_weights(named, typed);
    run = affekt("train", "music", "--data", "synthetic", "--recipe", "lead", "--out", named);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--task lead");
    program_free(&run);
    run = affekt("train", "music", "--data", scratch_path("."), "--recipe", "lead-end", "--out",
                 named);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "add --start first.safetensors");
    program_free(&run);
    run = affekt(TINY, "--cache", scratch_path("cache"), "--out", named);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "not for the built-in pieces");
    program_free(&run);
    run = affekt("train", "music", "--data", scratch_path("."), "--task", "lead", "--labelled-only",
                 "--out", named);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--task lead takes neither --labelled-only");
    program_free(&run);
    run = affekt("train", "music", "--data", scratch_path("."), "--task", "lead", "--tempo-range",
                 "0.2", "--out", named);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--task lead takes neither --tempo-range");
    program_free(&run);
}
END_TEST

START_TEST(a_recipe_weighs_the_corpora_that_are_there) {
    const char *named = scratch_path("named.safetensors"),
               *typed = scratch_path("typed.safetensors");
    Program run = affekt("train", "music", "--data", "synthetic", "--recipe", "shipped", "--hidden",
                         "12", "--embedding", "6", "--epochs", "1", "--out", named);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt("train", "music", "--data", "synthetic", "--hidden", "12", "--embedding", "6",
                 "--steps", "64", "--epochs", "1", "--average", "0.999", "--seed", "1", "--out",
                 typed);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    assert_same_weights(named, typed);
    run = affekt("train", "music", "--data", "synthetic", "--recipe", "shipped", "--weights",
                 "emopia=1", "--out", named);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "no corpus 'emopia'");
    program_free(&run);
}
END_TEST

START_TEST(mistakes_are_told) {
    Program run = affekt("train", "music", "--data", "synthetic");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--out is missing");
    program_free(&run);
    run = affekt("train", "music", "--data", scratch_path("none"), "--out",
                 scratch_path("m.safetensors"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "none");
    program_free(&run);
    static const char *const weights[][2] = {{"polka=2", "no corpus 'polka', only built-in"},
                                             {"built-in=", "'built-in=' is not NAME=F"},
                                             {"built-in=1x", "'built-in=1x' is not NAME=F"},
                                             {"built-in", "'built-in' is not NAME=F"}};
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        run = affekt("train", "music", "--data", "synthetic", "--weights", weights[i][0], "--out",
                     scratch_path("m.safetensors"));
        program_assert(&run, EXIT_FAILED);
        assert_contains(run.diagnostics, weights[i][1]);
        program_free(&run);
    }
}
END_TEST

Suite *train_music_suite(void) {
    Suite *suite = suite_create("train_music");
    TCase *tcase = tcase_create("train_music");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 240);
    tcase_add_test(tcase, epochs_of_different_lengths_resume_to_the_same_bits_on_any_threads);
    tcase_add_test(tcase, a_model_is_fine_tuned_on_labelled_pieces);
    tcase_add_test(tcase, a_recipe_stands_for_the_words_of_the_model_card);
    tcase_add_test(tcase, a_recipe_weighs_the_corpora_that_are_there);
    tcase_add_test(tcase, mistakes_are_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
