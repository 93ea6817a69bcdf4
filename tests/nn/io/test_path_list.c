/* The files of a folder, also where links lead back into it. */
#include "nn/io/path_list.h"

#include "nn/io/file.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static PathList list;
static Error error;

static void make_folder(const char *name) {
    ck_assert_msg(!directory_create(scratch_path(name), &error), "%s", error.message);
}

static void add(const char *name) {
    list = (PathList){0};
    ck_assert_msg(!path_list_add_folder(&list, scratch_path(name), NULL, &error), "%s",
                  error.message);
}

static void assert_listed(int i, const char *name) {
    ck_assert_int_lt(i, list.count);
    ck_assert_str_eq(list.paths[i], scratch_path(name));
}

START_TEST(files_come_by_name_without_clutter) {
    make_folder("music/b");
    scratch_write("music/c", "");
    scratch_write("music/a", "");
    scratch_write("music/b/z", "");
    scratch_write("music/.hidden", "");
    add("music");
    ck_assert_int_eq(list.count, 3);
    assert_listed(0, "music/a");
    assert_listed(1, "music/b/z");
    assert_listed(2, "music/c");
    path_list_free(&list);
}
END_TEST

/* To the folder and to one between, and one that leads elsewhere. */
START_TEST(a_link_to_a_folder_above_is_passed_over) {
    make_folder("music/a/b");
    make_folder("other");
    scratch_write("music/a/b/song", "");
    scratch_write("other/song", "");
    ck_assert_int_eq(symlink("../..", scratch_path("music/a/b/top")), 0);
    ck_assert_int_eq(symlink("../../a", scratch_path("music/a/b/up")), 0);
    ck_assert_int_eq(symlink("../../../other", scratch_path("music/a/b/x")), 0);
    ck_assert_int_eq(symlink("../absent", scratch_path("music/a/gone")), 0);
    add("music");
    ck_assert_int_eq(list.count, 2);
    assert_listed(0, "music/a/b/song");
    assert_listed(1, "music/a/b/x/song");
    path_list_free(&list);
}
END_TEST

START_TEST(a_subfolder_that_may_not_be_listed_is_told_or_fails) {
    const uid_t nobody = 65534;
    PathList closed = {0};
    make_folder("music/shut");
    make_folder("music/z");
    scratch_write("music/a", "");
    scratch_write("music/z/b", "");
    ck_assert_int_eq(chmod(scratch_path("music/shut"), 0), 0);
    if (!geteuid()) /* who may read everything */
        ck_assert_int_eq(chown(scratch_path(""), nobody, (gid_t)-1) || seteuid(nobody), 0);
    list = (PathList){0};
    int told = path_list_add_folder(&list, scratch_path("music"), &closed, &error);
    Error why;
    PathList some = {0};
    int failed = path_list_add_folder(&some, scratch_path("music"), NULL, &why);
    PathList none = {0};
    int top = path_list_add_folder(&none, scratch_path("music/shut"), &closed, &error);
    ck_assert_int_eq(seteuid(getuid()), 0);
    ck_assert_int_eq(told, 0);
    ck_assert_int_eq(list.count, 2);
    assert_listed(1, "music/z/b");
    ck_assert_int_eq(closed.count, 1);
    ck_assert_str_eq(closed.paths[0], scratch_path("music/shut"));
    ck_assert_int_eq(failed, -1);
    assert_contains(why.message, "music/shut: Permission denied");
    ck_assert_int_eq(top, -1); /* the folder that was asked for itself */
    path_list_free(&list);
    path_list_free(&some);
    path_list_free(&closed);
}
END_TEST

START_TEST(a_folder_that_is_missing_or_too_deep_is_named) {
    char name[128] = "deep";
    list = (PathList){0};
    ck_assert_int_eq(path_list_add_folder(&list, scratch_path("absent"), NULL, &error), -1);
    assert_contains(error.message, "absent: No such file");
    for (int i = 0; i < 33; i++)
        strcat(name, "/d");
    make_folder(name);
    ck_assert_int_eq(path_list_add_folder(&list, scratch_path("deep"), NULL, &error), -1);
    assert_contains(error.message, "more than 32 folders deep");
    path_list_free(&list);
}
END_TEST

Suite *path_list_suite(void) {
    Suite *suite = suite_create("path_list");
    TCase *tcase = tcase_create("path_list");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, files_come_by_name_without_clutter);
    tcase_add_test(tcase, a_link_to_a_folder_above_is_passed_over);
    tcase_add_test(tcase, a_subfolder_that_may_not_be_listed_is_told_or_fails);
    tcase_add_test(tcase, a_folder_that_is_missing_or_too_deep_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
