/* Places and moments that programs are seldom tried in: a folder that cannot be written, a stop and
 * a going on in the midst of work, names that are markup or commands to a terminal. */
#include "nn/io/file.h"
#include "tests/support/faces.h"
#include "tests/support/files.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TINY                                                                                       \
    "train", "face", "--data", csv, "--arch", "mini", "--size", "16", "--batch", "16", "--epochs", \
        "3", "--threads", "1"

START_TEST(a_folder_that_cannot_be_written_is_named_before_the_work) {
    if (!geteuid()) {
        fprintf(stderr, "skipped: nothing is read-only for root\n");
        return;
    }
    const char *csv = faces_write(28, 7, 3), *folder = scratch_path("closed");
    ck_assert_int_eq(mkdir(folder, 0555), 0);
    Program run = affekt(TINY, "--out", text_format("%s/m.safetensors", folder));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "closed");
    ck_assert(!strstr(run.diagnostics, "epoch 1"));
    program_free(&run);
    run = affekt("compose", "happy", "--seconds", "3", "-o", text_format("%s/a.mid", folder));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "closed");
    program_free(&run);
}
END_TEST

/* /proc takes no files, whoever writes. */
START_TEST(a_file_system_without_room_for_files_is_named_before_the_work) {
    const char *csv = faces_write(28, 7, 3);
    Program run = affekt(TINY, "--out", "/proc/affekt.safetensors");
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "/proc/affekt");
    ck_assert(!strstr(run.diagnostics, "epoch 1"));
    program_free(&run);
}
END_TEST

START_TEST(a_training_that_is_stopped_and_goes_on_gives_the_same_bits) {
    const char *csv = faces_write(56, 14, 3), *whole = scratch_path("whole.safetensors"),
               *halted = scratch_path("halted.safetensors");
    Program run = affekt(TINY, "--out", whole);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt_start(TINY, "--out", halted);
    ck_assert(program_wait_for(&run, false, "epoch 1/3: ", 60));
    for (int i = 0; i < 3; i++) {
        program_signal(&run, SIGSTOP);
        usleep(100000);
        program_signal(&run, SIGCONT);
    }
    program_wait(&run);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    assert_same_weights(whole, halted);
}
END_TEST

START_TEST(a_report_shows_names_that_hold_markup_as_they_are) {
    const char *csv = faces_write(28, 14, 3), *model = scratch_path("m.safetensors");
    const char *odd = scratch_path("<script>alert(1)<!-- & \"x\".csv");
    Program run = affekt(TINY, "--epochs", "1", "--out", model);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    ck_assert_int_eq(rename(csv, odd), 0);
    run = affekt("eval", "face", "--data", odd, "--split", "PublicTest", "--model", model, "--out",
                 scratch_path("results"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    static const char *const pictures[] = {"results/confusion.svg", "results/confusion.png"};
    for (int i = 0; i < 2; i++)
        ck_assert_msg(file_exists(scratch_path(pictures[i])), "%s", pictures[i]);
    char *svg = (char *)file_bytes(scratch_path("results/confusion.svg"), NULL);
    ck_assert_ptr_null(strstr(svg, "<script"));
    ck_assert_ptr_null(strstr(svg, "<!-- &"));
    free(svg);
}
END_TEST

Suite *hard_places_suite(void) {
    Suite *suite = suite_create("hard_places");
    TCase *tcase = tcase_create("hard_places");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_folder_that_cannot_be_written_is_named_before_the_work);
    tcase_add_test(tcase, a_file_system_without_room_for_files_is_named_before_the_work);
    tcase_add_test(tcase, a_training_that_is_stopped_and_goes_on_gives_the_same_bits);
    tcase_add_test(tcase, a_report_shows_names_that_hold_markup_as_they_are);
    suite_add_tcase(suite, tcase);
    return suite;
}
