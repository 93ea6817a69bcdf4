/* Which soundfont is taken: the one chosen, then the environment's, then the system's. */
#include "compose/sound/soundfont.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static Error error;
static char path[SOUNDFONT_PATH];

START_TEST(the_chosen_one_comes_first) {
    const char *chosen = scratch_write("chosen.sf2", ""), *other = scratch_write("other.sf2", "");
    setenv("AFFEKT_SOUNDFONT", other, 1);
    ck_assert_int_eq(soundfont_find(chosen, path, &error), 0);
    ck_assert_str_eq(path, chosen);
    ck_assert_int_eq(soundfont_find(NULL, path, &error), 0);
    ck_assert_str_eq(path, other);
}
END_TEST

START_TEST(one_that_is_not_there_is_named) {
    ck_assert_int_eq(soundfont_find(scratch_path("absent.sf2"), path, &error), -1);
    assert_contains(error.message, "absent.sf2");
    setenv("AFFEKT_SOUNDFONT", scratch_path("gone.sf2"), 1);
    ck_assert_int_eq(soundfont_find(NULL, path, &error), -1);
    assert_contains(error.message, "gone.sf2");
}
END_TEST

START_TEST(the_systems_is_found_or_its_package_named) {
    unsetenv("AFFEKT_SOUNDFONT");
    if (soundfont_find(NULL, path, &error))
        assert_contains(error.message, "fluid-soundfont-gm");
    else
        ck_assert_ptr_nonnull(strstr(path, ".sf"));
}
END_TEST

Suite *soundfont_suite(void) {
    Suite *suite = suite_create("soundfont");
    TCase *tests = tcase_create("where it is");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, the_chosen_one_comes_first);
    tcase_add_test(tests, one_that_is_not_there_is_named);
    tcase_add_test(tests, the_systems_is_found_or_its_package_named);
    suite_add_tcase(suite, tests);
    return suite;
}
