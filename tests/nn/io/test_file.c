#include "nn/io/file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(a_file_is_read_whole_with_a_zero_after_it) {
    const char *path = scratch_write_bytes("bytes", "a\0b", 3);
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_int_eq(file_read(path, 3, &bytes, &size, &error), 0);
    ck_assert_uint_eq(size, 3);
    ck_assert_mem_eq(bytes, "a\0b\0", 4);
    free(bytes);
    ck_assert_int_eq(file_read(scratch_write("empty", ""), 0, &bytes, &size, &error), 0);
    ck_assert_uint_eq(size, 0);
    free(bytes);
}
END_TEST

START_TEST(what_cannot_be_read_is_named) {
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_int_eq(file_read(scratch_path("absent"), 10, &bytes, &size, &error), -1);
    assert_contains(error.message, "absent");
    assert_contains(error.message, "No such file");
    ck_assert_int_eq(file_read(scratch_path("."), 10, &bytes, &size, &error), -1);
    assert_contains(error.message, "is a folder, not a file");
    ck_assert_int_eq(file_read(scratch_write("four", "1234"), 3, &bytes, &size, &error), -1);
    assert_contains(error.message, "4 bytes");
}
END_TEST

START_TEST(a_pipe_into_which_nobody_writes_is_refused_at_once) {
    const char *path = scratch_path("pipe");
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(file_read(path, 10, &bytes, &size, &error), -1);
    assert_contains(error.message, "not a regular file");
}
END_TEST

static void write_file(const char *path, const char *text) {
    FileWriter writer;
    Error error;
    ck_assert_int_eq(file_begin(&writer, path, &error), 0);
    fputs(text, writer.stream);
    ck_assert_msg(!file_commit(&writer, &error), "%s", error.message);
}

static void assert_holds(const char *path, const char *text) {
    unsigned char *bytes;
    size_t size;
    Error error;
    ck_assert_msg(!file_read(path, 1000, &bytes, &size, &error), "%s", error.message);
    ck_assert_str_eq((char *)bytes, text);
    free(bytes);
}

START_TEST(a_commit_replaces_the_old_file) {
    const char *path = scratch_path("model");
    write_file(path, "first");
    write_file(path, "second");
    assert_holds(path, "second");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(the_old_file_stands_until_the_commit) {
    const char *path = scratch_path("model");
    FileWriter writer;
    Error error;
    write_file(path, "first");
    ck_assert_int_eq(file_begin(&writer, path, &error), 0);
    fputs("second", writer.stream);
    fflush(writer.stream);
    assert_holds(path, "first");
    file_abandon(&writer);
    assert_holds(path, "first");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(a_writer_that_is_killed_leaves_nothing) {
    if (!scratch_has_nameless_files())
        return;
    const char *path = scratch_path("model");
    write_file(path, "first");
    pid_t child = fork();
    if (!child) {
        FileWriter writer;
        if (file_begin(&writer, path, NULL))
            _exit(1);
        fputs("second", writer.stream);
        fflush(writer.stream);
        raise(SIGKILL);
    }
    int state;
    ck_assert_int_eq(waitpid(child, &state, 0), child);
    ck_assert(WIFSIGNALED(state));
    assert_holds(path, "first");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(a_library_may_write_by_the_name) {
    const char *path = scratch_path("model");
    FileWriter writer;
    Error error;
    ck_assert_int_eq(file_begin(&writer, path, &error), 0);
    FILE *stream = fopen(writer.name, "wb+");
    ck_assert_ptr_nonnull(stream);
    fputs("by name", stream);
    ck_assert_int_eq(fclose(stream), 0);
    ck_assert_msg(!file_commit(&writer, &error), "%s", error.message);
    assert_holds(path, "by name");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(what_a_killed_process_left_under_our_number_is_no_hindrance) {
    const char *path = scratch_path("model");
    write_file(text_format("%s.%ld.tmp", path, (long)getpid()), "left over");
    write_file(path, "first");
    assert_holds(path, "first");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(a_name_may_be_as_long_as_the_file_system_takes) {
    char name[NAME_MAX + 2];
    memset(name, 'x', sizeof name);
    memcpy(name + 20, "ä", 2);
    name[NAME_MAX] = 0;
    write_file(scratch_path(name), "first");
    assert_holds(scratch_path(name), "first");
    ck_assert_int_eq(scratch_count(), 1);
    name[NAME_MAX] = 'x';
    name[NAME_MAX + 1] = 0;
    FileWriter writer;
    Error error;
    ck_assert_int_eq(file_begin(&writer, scratch_path(name), &error), -1);
    assert_contains(error.message, "too long");
}
END_TEST

START_TEST(a_full_disk_leaves_the_old_file) {
    /* /dev/full takes no byte: stands in for the temporary file. */
    const char *path = scratch_path("model");
    FileWriter writer;
    Error error;
    write_file(path, "first");
    ck_assert_int_eq(file_begin(&writer, path, &error), 0);
    writer.stream = freopen("/dev/full", "wb", writer.stream);
    fputs("second", writer.stream);
    ck_assert_int_eq(file_commit(&writer, &error), -1);
    assert_contains(error.message, "No space left");
    assert_holds(path, "first");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(no_file_begins_where_none_can_be) {
    FileWriter writer;
    Error error;
    ck_assert_int_eq(file_begin(&writer, scratch_path("absent/model"), &error), -1);
    assert_contains(error.message, "absent/model");
    char path[5000];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = 0;
    ck_assert_int_eq(file_begin(&writer, path, &error), -1);
    assert_contains(error.message, "too long");
}
END_TEST

START_TEST(only_a_regular_file_is_replaced) {
    const char *const others[] = {"/dev/null", scratch_path(".")};
    static const char *const reasons[] = {"not a regular file", "a folder; name a file in it"};
    Error error;
    ck_assert_int_eq(file_try(others[_i], &error), -1);
    assert_contains(error.message, others[_i]);
    assert_contains(error.message, reasons[_i]);
}
END_TEST

START_TEST(a_replaced_file_keeps_its_mode) {
    const char *path = scratch_write("secret", "first");
    struct stat info;
    ck_assert_int_eq(chmod(path, 0600), 0);
    write_file(path, "second");
    assert_holds(path, "second");
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
}
END_TEST

/* Relative and absolute, to a file that is there and to one that is not yet, by way of another
 * link. */
START_TEST(a_symbolic_link_is_written_through) {
    struct stat info;
    Error error;
    ck_assert_int_eq(directory_create(scratch_path("store"), &error), 0);
    scratch_write("store/old", "first");
    const char *const links[] = {"relative", "absolute", "dangling", "twice"};
    ck_assert_int_eq(symlink("store/old", scratch_path("relative")), 0);
    ck_assert_int_eq(symlink(scratch_path("store/old"), scratch_path("absolute")), 0);
    ck_assert_int_eq(symlink("store/new", scratch_path("dangling")), 0);
    ck_assert_int_eq(symlink("dangling", scratch_path("twice")), 0);
    for (int i = 0; i < 4; i++) {
        write_file(scratch_path(links[i]), links[i]);
        ck_assert_int_eq(lstat(scratch_path(links[i]), &info), 0);
        ck_assert(S_ISLNK(info.st_mode));
        assert_holds(scratch_path(i < 2 ? "store/old" : "store/new"), links[i]);
    }
}
END_TEST

START_TEST(links_in_a_circle_are_refused) {
    Error error;
    ck_assert_int_eq(symlink("there", scratch_path("here")), 0);
    ck_assert_int_eq(symlink("here", scratch_path("there")), 0);
    ck_assert_int_eq(file_try(scratch_path("here"), &error), -1);
    assert_contains(error.message, "loop");
}
END_TEST

START_TEST(trying_a_file_leaves_all_as_it_was) {
    const char *path = scratch_path("model");
    Error error;
    ck_assert_int_eq(file_try(path, &error), 0);
    ck_assert_int_eq(scratch_count(), 0);
    write_file(path, "first");
    ck_assert_int_eq(file_try(path, &error), 0);
    assert_holds(path, "first");
    ck_assert_int_eq(scratch_count(), 1);
}
END_TEST

START_TEST(directories_are_made_with_their_parents) {
    Error error;
    const char *path = scratch_path("a/b/c");
    ck_assert_int_eq(directory_create(path, &error), 0);
    ck_assert_int_eq(directory_create(path, &error), 0);
    ck_assert(file_exists(path));
    ck_assert(!file_exists(scratch_path("a/d")));
    scratch_write("file", "");
    ck_assert_int_eq(directory_create(scratch_path("file/sub"), &error), -1);
    assert_contains(error.message, "file");
    ck_assert_int_eq(directory_create(scratch_path("file"), &error), -1);
    assert_contains(error.message, "not a directory");
}
END_TEST

START_TEST(a_suffix_is_known_in_capitals_too) {
    ck_assert(file_has_suffix("songs.d/A.MID", ".mid"));
    ck_assert(!file_has_suffix("songs.mid/a", ".mid"));
    ck_assert(!file_has_suffix(".mid", ".mid"));
    ck_assert(!file_has_suffix("", ".mid"));
}
END_TEST

Suite *file_suite(void) {
    Suite *suite = suite_create("file");
    TCase *tests = tcase_create("files");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, a_file_is_read_whole_with_a_zero_after_it);
    tcase_add_test(tests, what_cannot_be_read_is_named);
    tcase_add_test(tests, a_pipe_into_which_nobody_writes_is_refused_at_once);
    tcase_add_test(tests, a_commit_replaces_the_old_file);
    tcase_add_test(tests, the_old_file_stands_until_the_commit);
    tcase_add_test(tests, a_writer_that_is_killed_leaves_nothing);
    tcase_add_test(tests, a_library_may_write_by_the_name);
    tcase_add_test(tests, what_a_killed_process_left_under_our_number_is_no_hindrance);
    tcase_add_test(tests, a_name_may_be_as_long_as_the_file_system_takes);
    tcase_add_test(tests, a_full_disk_leaves_the_old_file);
    tcase_add_test(tests, no_file_begins_where_none_can_be);
    tcase_add_loop_test(tests, only_a_regular_file_is_replaced, 0, 2);
    tcase_add_test(tests, a_replaced_file_keeps_its_mode);
    tcase_add_test(tests, a_symbolic_link_is_written_through);
    tcase_add_test(tests, links_in_a_circle_are_refused);
    tcase_add_test(tests, trying_a_file_leaves_all_as_it_was);
    tcase_add_test(tests, directories_are_made_with_their_parents);
    tcase_add_test(tests, a_suffix_is_known_in_capitals_too);
    suite_add_tcase(suite, tests);
    return suite;
}
