/* `affekt bench` on one step of each row: what it prints, not how fast it is. */
#include "tests/support/faces.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

static void assert_row(const json_t *row, const char *expected_name, const char *expected_unit) {
    const char *name, *unit;
    double value, gflops, share, held, peak;
    json_t *operators;
    ck_assert_int_eq(json_unpack((json_t *)row, "{s:s, s:s, s:F, s:F, s:F, s:F, s:F, s:o}", "name",
                                 &name, "unit", &unit, "value", &value, "gflops", &gflops,
                                 "share_of_peak", &share, "megabytes", &held, "peak_megabytes",
                                 &peak, "operators", &operators),
                     0);
    ck_assert_str_eq(name, expected_name);
    ck_assert_str_eq(unit, expected_unit);
    ck_assert(value > 0 && isfinite(value) && isfinite(gflops) && isfinite(share));
    bool has_tape = strcmp(name, "generate_lstm") && strcmp(name, "load_csv");
    ck_assert_int_eq(held > 0, has_tape);
    ck_assert_int_eq(json_array_size(operators) > 0, has_tape);
    ck_assert(peak >= 0); /* 0 where the system does not tell */
}

START_TEST(every_row_is_measured) {
    static const char *const expected[][2] = {
        {"train_vgg", "images/s"},     {"train_vgg_wide", "images/s"}, {"train_resnet", "images/s"},
        {"infer_vgg_b64", "images/s"}, {"infer_vgg_b1", "ms"},         {"train_lstm", "tokens/s"},
        {"generate_lstm", "tokens/s"}, {"load_csv", "images/s"}};
    Program run = affekt("bench", "--json", "--quiet", "--threads", "1", "--batch", "2",
                         "--seconds", "0", "--csv", faces_write(3, 7, 1));
    program_assert(&run, EXIT_DONE);
    json_t *json = json_loads(run.output, 0, NULL), *rows;
    ck_assert_msg(json != NULL, "no JSON: %s", run.output);
    double peak, bandwidth;
    int threads, batch;
    const char *isa;
    ck_assert_int_eq(json_unpack(json, "{s:F, s:F, s:i, s:i, s:s, s:o}", "peak_gflops", &peak,
                                 "read_gigabytes", &bandwidth, "threads", &threads, "batch", &batch,
                                 "isa", &isa, "rows", &rows),
                     0);
    ck_assert(peak > 0 && bandwidth > 0);
    ck_assert_int_eq(threads, 1);
    ck_assert_int_eq(batch, 2);
    ck_assert_uint_eq(json_array_size(rows), sizeof expected / sizeof *expected);
    for (size_t i = 0; i < json_array_size(rows); i++)
        assert_row(json_array_get(rows, i), expected[i][0], expected[i][1]);
    json_decref(json);
    program_free(&run);
}
END_TEST

START_TEST(one_row_is_measured_and_its_time_split) {
    Program run = affekt("bench", "--threads", "1", "--batch", "1", "--seconds", "0", "--only",
                         "train_resnet", "--operators");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "GFLOP/s in fp32");
    assert_contains(run.output, "train_resnet");
    assert_contains(run.output, "of peak");
    assert_contains(run.output, "gated_residual");
    assert_lacks(run.output, "train_vgg");
    program_free(&run);
}
END_TEST

START_TEST(wrong_questions_are_refused) {
    Program run = affekt("bench", "--only", "train_everything", "--seconds", "0");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "there is no row 'train_everything'; choose from train_vgg ");
    ck_assert_str_eq(run.output, "");
    program_free(&run);
    run = affekt("bench", "--only", "load_csv", "--seconds", "0", "--csv", "missing.csv");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "missing.csv");
    program_free(&run);
    run = affekt("bench", "vgg");
    program_assert(&run, EXIT_USAGE);
    program_free(&run);
}
END_TEST

Suite *bench_suite(void) {
    Suite *suite = suite_create("bench");
    TCase *tests = tcase_create("affekt bench");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_set_timeout(tests, 240);
    tcase_add_test(tests, every_row_is_measured);
    tcase_add_test(tests, one_row_is_measured_and_its_time_split);
    tcase_add_test(tests, wrong_questions_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
