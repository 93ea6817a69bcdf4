/* `affekt average`. */
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

START_TEST(the_mean_of_two_models_runs) {
    ImageClassifierInfo info = network_info("mini");
    const char *one = network_save(&info, 1, "one.safetensors"),
               *other = network_save(&info, 2, "other.safetensors"),
               *out = scratch_path("mean.safetensors");
    Program run = affekt("average", one, other, "-o", out, "--json");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"models\": 2");
    program_free(&run);
    run = affekt("classify", "--no-detect", "--model", out, "experiments/demo/collins.png");
    program_assert(&run, EXIT_DONE);
    program_free(&run);
}
END_TEST

START_TEST(mistakes_are_told) {
    ImageClassifierInfo mini = network_info("mini"), resnet = network_info("resnet");
    const char *one = network_save(&mini, 1, "one.safetensors"),
               *other = network_save(&resnet, 1, "other.safetensors");
    Program run = affekt("average", one, "-o", scratch_path("mean"));
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "at least two");
    program_free(&run);
    run = affekt("average", one, one);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "--out is missing");
    program_free(&run);
    run = affekt("average", one, other, "-o", scratch_path("mean"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "but resnet in");
    program_free(&run);
}
END_TEST

Suite *average_suite(void) {
    Suite *suite = suite_create("average");
    TCase *tcase = tcase_create("average");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, the_mean_of_two_models_runs);
    tcase_add_test(tcase, mistakes_are_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
