#include "train/loop/training_log.h"

#include "tests/support/files.h"
#include "tests/support/locale.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const TrainingLogRow row = {1, 100, 1.5, 0.25, 1.25, 0.5, 0.5, 0.05, 12.5};
static const char ROW[] = "1,100,1.500000,0.250000,1.250000,0.500000,0.500000,0.05,12.5\n";

static void check_row(void) {
    const char *path = scratch_path("log.csv");
    Error error;
    ck_assert_msg(!training_log_start(path, 0, &error), "%s", error.message);
    ck_assert_msg(!training_log_append(path, &row, &error), "%s", error.message);
    unsigned char *text = file_bytes(path, NULL);
    assert_contains((char *)text, ROW);
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
    TrainingLogRow later = row;
    ck_assert_int_eq(training_log_start(path, 0, &error), 0);
    for (later.epoch = 1; later.epoch <= 3; later.epoch++)
        ck_assert_int_eq(training_log_append(path, &later, &error), 0);
    ck_assert_msg(!training_log_start(path, 2, &error), "%s", error.message);
    unsigned char *text = file_bytes(path, NULL);
    assert_contains((char *)text, "\n2,100,");
    assert_lacks((char *)text, "\n3,100,");
    free(text);
}
END_TEST

START_TEST(a_row_that_was_cut_off_goes) {
    const char *path = scratch_path("log.csv");
    Error error;
    ck_assert_int_eq(training_log_start(path, 0, &error), 0);
    ck_assert_int_eq(training_log_append(path, &row, &error), 0);
    FILE *stream = fopen(path, "a");
    ck_assert_ptr_nonnull(stream);
    fputs("1", stream); /* of "12,…" */
    ck_assert_int_eq(fclose(stream), 0);
    TrainingLogRow next = row;
    next.epoch = 12;
    ck_assert_msg(!training_log_start(path, 11, &error), "%s", error.message);
    ck_assert_int_eq(training_log_append(path, &next, &error), 0);
    unsigned char *text = file_bytes(path, NULL);
    assert_contains((char *)text, ROW);
    assert_contains((char *)text, "\n12,100,");
    free(text);
}
END_TEST

START_TEST(a_log_that_was_moved_away_begins_anew) {
    Error error;
    const char *path = scratch_path("log.csv");
    const TrainingLogRow second = {.epoch = 2, .step = 100};
    ck_assert_int_eq(training_log_append(path, &second, &error), 0);
    ck_assert_msg(!training_log_start(path, 2, &error), "%s", error.message);
    unsigned char *text = file_bytes(path, NULL);
    assert_contains((char *)text, "epoch,step,");
    assert_contains((char *)text, "\n2,100,");
    free(text);
}
END_TEST

START_TEST(a_log_with_comments_is_continued_and_a_foreign_table_is_not) {
    static const char head[] = "epoch,step,loss,accuracy,validation_loss,validation_accuracy,"
                               "score,learning_rate,seconds\n";
    Error error;
    const char *path = scratch_write("log.csv", text_format("# lr=0.05\n%s%s", head, ROW));
    ck_assert_msg(!training_log_start(path, 1, &error), "%s", error.message);
    unsigned char *text = file_bytes(path, NULL);
    ck_assert_str_eq((char *)text, text_format("%s%s", head, ROW));
    free(text);
    path = scratch_write("table.csv", "# mine\nepoch,loss\n");
    ck_assert_int_eq(training_log_start(path, 0, &error), -1);
    assert_contains(error.message, "table.csv exists and is not a training log");
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
    tcase_add_test(tests, a_row_that_was_cut_off_goes);
    tcase_add_test(tests, a_log_that_was_moved_away_begins_anew);
    tcase_add_test(tests, a_log_with_comments_is_continued_and_a_foreign_table_is_not);
    suite_add_tcase(suite, tests);
    return suite;
}
