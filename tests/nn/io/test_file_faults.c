/* What file.h promises of a disk that fails at any point: the old file whole or the new one whole,
 * and nothing else left. */
#include "nn/io/file.h"
#include "nn/models/image_classifier.h"
#include "tests/support/files.h"
#include "tests/support/io_faults.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>

enum { LARGE = 100000 }; /* more than a stream holds back */

static int write_letters(const char *path, char letter, Error *error) {
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    for (int i = 0; i < LARGE; i++)
        fputc(letter, writer.stream);
    return file_commit(&writer, error);
}

static void assert_all_letters(const char *path, char letter) {
    size_t size;
    unsigned char *bytes = file_bytes(path, &size);
    ck_assert_uint_eq(size, LARGE);
    for (size_t i = 0; i < size; i++)
        ck_assert_int_eq(bytes[i], letter);
    free(bytes);
    ck_assert_int_eq(scratch_count(), 1);
}

/* What a commit does where files without a name are known, and elsewhere. */
static const char *expected_calls(void) {
    return scratch_has_nameless_files() ? "sync file; link; rename; sync folder; "
                                        : "sync file; rename; sync folder; ";
}

START_TEST(bytes_reach_the_disk_before_the_name_and_the_name_before_the_return) {
    Error error;
    io_faults_begin(0);
    int status = write_letters(scratch_path("model"), 'a', &error);
    io_faults_end();
    ck_assert_msg(!status, "%s", error.message);
    ck_assert_str_eq(io_faults_calls(), expected_calls());
}
END_TEST

/* Each of the calls in turn; with the last, the folder's, the new file is already there. */
START_TEST(a_disk_that_fails_is_reported_and_one_file_is_whole) {
    int calls = scratch_has_nameless_files() ? 4 : 3;
    const char *path = scratch_path("model");
    for (int nth = 1; nth <= calls; nth++) {
        Error error;
        ck_assert_int_eq(write_letters(path, 'a', &error), 0);
        io_faults_begin(nth);
        int status = write_letters(path, 'b', &error);
        io_faults_end();
        ck_assert_msg(status == -1, "call %d of %s", nth, io_faults_calls());
        assert_contains(error.message, "model");
        assert_contains(error.message, "Input/output error");
        assert_all_letters(path, nth < calls ? 'a' : 'b');
    }
}
END_TEST

START_TEST(a_disk_that_is_full_after_any_byte_leaves_the_old_file) {
    static const unsigned long limits[] = {0, 1, 4096, LARGE - 1};
    const char *path = scratch_path("model");
    Error error;
    ck_assert_int_eq(write_letters(path, 'a', &error), 0);
    io_faults_limit_size(limits[_i]);
    int status = write_letters(path, 'b', &error);
    io_faults_unlimit_size();
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "an older file of that name is untouched");
    assert_all_letters(path, 'a');
}
END_TEST

START_TEST(a_model_is_saved_like_that) {
    Error error;
    const char *path = scratch_path("model");
    ImageClassifierInfo info = network_info("mini");
    ImageClassifier *model = network_create(&info, 1);
    io_faults_begin(0);
    int status = image_classifier_save(model, path, NULL, &error);
    io_faults_end();
    ck_assert_msg(!status, "%s", error.message);
    ck_assert_str_eq(io_faults_calls(), expected_calls());
    image_classifier_destroy(model);
}
END_TEST

Suite *file_faults_suite(void) {
    Suite *suite = suite_create("file faults");
    TCase *tests = tcase_create("a disk that fails");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, bytes_reach_the_disk_before_the_name_and_the_name_before_the_return);
    tcase_add_test(tests, a_disk_that_fails_is_reported_and_one_file_is_whole);
    tcase_add_loop_test(tests, a_disk_that_is_full_after_any_byte_leaves_the_old_file, 0, 4);
    tcase_add_test(tests, a_model_is_saved_like_that);
    suite_add_tcase(suite, tests);
    return suite;
}
