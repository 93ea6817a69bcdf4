#include "train/loop/training_log.h"

#include "tests/support/files.h"
#include "tests/support/locale.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>

static const TrainingLogRow row = {1, 100, 1.5, 0.25, 1.25, 0.5, 0.5, 0.05, 12.5};
static const char ROW[] = "1,100,1.500000,0.250000,1.250000,0.500000,0.500000,0.05,12.5\n";

static void check_row(void) {
    const char *path = scratch_path("log.csv");
    Error error;
    json_t *settings = json_pack("{s:s}", "lr", "0.05");
    ck_assert_msg(!training_log_start(path, settings, 0, &error), "%s", error.message);
    ck_assert_msg(!training_log_append(path, &row, &error), "%s", error.message);
    json_decref(settings);
    unsigned char *text = file_bytes(path, NULL);
    assert_contains((char *)text, ROW);
    assert_lacks((char *)text, "0,05");
    free(text);
}

START_TEST(an_epoch_is_a_row_of_its_figures) {
    check_row();
}
END_TEST

START_TEST(a_row_has_points_under_a_locale_with_a_comma) {
    if (locale_with_a_decimal_comma())
        check_row();
}
END_TEST

START_TEST(rows_beyond_the_checkpoint_go) {
    const char *path = scratch_path("log.csv");
    Error error;
    json_t *settings = json_object();
    TrainingLogRow later = row;
    ck_assert_int_eq(training_log_start(path, settings, 0, &error), 0);
    for (later.epoch = 1; later.epoch <= 3; later.epoch++)
        ck_assert_int_eq(training_log_append(path, &later, &error), 0);
    ck_assert_msg(!training_log_start(path, settings, 2, &error), "%s", error.message);
    json_decref(settings);
    unsigned char *text = file_bytes(path, NULL);
    assert_contains((char *)text, "\n2,100,");
    assert_lacks((char *)text, "\n3,100,");
    free(text);
}
END_TEST

Suite *training_log_suite(void) {
    Suite *suite = suite_create("training log");
    TCase *tests = tcase_create("rows");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_set_timeout(tests, 60); /* to compile a locale */
    tcase_add_test(tests, an_epoch_is_a_row_of_its_figures);
    tcase_add_test(tests, a_row_has_points_under_a_locale_with_a_comma);
    tcase_add_test(tests, rows_beyond_the_checkpoint_go);
    suite_add_tcase(suite, tests);
    return suite;
}
