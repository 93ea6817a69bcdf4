#include "nn/io/file_lock.h"

#include "nn/io/file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static Error error;

START_TEST(one_holds_it_at_a_time) {
    FileLock one, two;
    const char *path = scratch_path("lock");
    ck_assert_int_eq(file_lock(&one, path, &error), 0);
    ck_assert_int_eq(file_lock(&two, path, &error), -1);
    assert_contains(error.message, "another process holds");
    file_unlock(&two); /* which was never held */
    ck_assert_int_eq(file_lock(&two, path, &error), -1);
    file_unlock(&one);
    ck_assert(!file_exists(path));
    ck_assert_int_eq(file_lock(&two, path, &error), 0);
    file_unlock(&two);
    file_unlock(&two);
}
END_TEST

START_TEST(a_killed_process_holds_nobody_up) {
    FileLock lock;
    const char *path = scratch_path("lock");
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (!child) {
        char held = !file_lock(&lock, path, &error);
        (void)!write(ready[1], &held, 1);
        for (;;)
            pause();
    }
    char held = 0;
    ck_assert_int_eq(read(ready[0], &held, 1), 1);
    ck_assert_int_eq(held, 1);
    ck_assert_int_eq(file_lock(&lock, path, &error), -1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert(file_exists(path));
    ck_assert_int_eq(file_lock(&lock, path, &error), 0);
    file_unlock(&lock);
    close(ready[0]);
    close(ready[1]);
}
END_TEST

START_TEST(who_wants_to_make_the_same_file_waits) {
    FileLock lock;
    const char *path = scratch_path("made");
    int waiting[2];
    ck_assert_int_eq(pipe(waiting), 0);
    ck_assert_int_eq(file_lock_to_make(&lock, path, &error), 0);
    pid_t child = fork();
    if (!child) {
        FileLock other;
        (void)!write(waiting[1], "", 1);
        int status = file_lock_to_make(&other, path, &error);
        bool made = file_exists(path);
        file_unlock(&other);
        _exit(status ? 2 : !made);
    }
    char byte;
    ck_assert_int_eq(read(waiting[0], &byte, 1), 1);
    usleep(100000); /* in which a child that does not wait would end */
    scratch_write("made", "whole");
    file_unlock(&lock);
    int status;
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
    ck_assert(!file_exists(scratch_path("made.lock")));
    close(waiting[0]);
    close(waiting[1]);
}
END_TEST

START_TEST(where_nothing_can_be_made_it_fails) {
    FileLock lock;
    ck_assert_int_eq(file_lock(&lock, scratch_path("absent/lock"), &error), -1);
    assert_contains(error.message, "absent/lock");
}
END_TEST

Suite *file_lock_suite(void) {
    Suite *suite = suite_create("file lock");
    TCase *tests = tcase_create("locks");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, one_holds_it_at_a_time);
    tcase_add_test(tests, a_killed_process_holds_nobody_up);
    tcase_add_test(tests, who_wants_to_make_the_same_file_waits);
    tcase_add_test(tests, where_nothing_can_be_made_it_fails);
    suite_add_tcase(suite, tests);
    return suite;
}
