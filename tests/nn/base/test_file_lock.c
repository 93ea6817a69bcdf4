#include "nn/base/file_lock.h"

#include "nn/base/file.h"
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
    tcase_add_test(tests, where_nothing_can_be_made_it_fails);
    suite_add_tcase(suite, tests);
    return suite;
}
