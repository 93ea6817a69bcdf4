#include "compose/write/style.h"

#include "infer/models/shipped.h"
#include "tests/support/music_models.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>

static Error error;
static ComposeStyle style;

START_TEST(without_a_model_music_is_arranged) {
    ck_assert_int_eq(compose_style_choose(NULL, NULL, &style, &error), 0);
    ck_assert_int_eq(style, STYLE_ARRANGED);
}
END_TEST

START_TEST(a_model_brings_its_style) {
    static const struct {
        ShippedModel file;
        ComposeStyle style;
    } models[] = {{SHIPPED_LEAD, STYLE_ARRANGED}, {SHIPPED_MUSIC, STYLE_PERFORMED}};
    for (int i = 0; i < 2; i++) {
        char path[SHIPPED_PATH];
        ck_assert_int_eq(shipped_find(models[i].file, path, &error), 0);
        ck_assert_int_eq(compose_style_choose(NULL, path, &style, &error), 0);
        ck_assert_int_eq(style, models[i].style);
    }
    music_model_destroy(music_model_untrained(1));
    const char *path = scratch_path("music.safetensors");
    ck_assert_int_eq(compose_style_choose(NULL, path, &style, &error), 0);
    ck_assert_int_eq(style, STYLE_PERFORMED);
}
END_TEST

START_TEST(a_name_counts_more_than_the_model) {
    for (int i = 0; i < STYLES; i++) {
        ck_assert_int_eq(compose_style_choose(compose_style_names[i], "none", &style, &error), 0);
        ck_assert_int_eq(style, i);
    }
}
END_TEST

START_TEST(a_file_that_is_not_a_model_is_named) {
    const char *path = scratch_write("words.safetensors", "words");
    ck_assert_int_eq(compose_style_choose(NULL, path, &style, &error), -1);
    assert_contains(error.message, "words.safetensors");
}
END_TEST

Suite *style_suite(void) {
    Suite *suite = suite_create("style");
    TCase *tcase = tcase_create("style");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, without_a_model_music_is_arranged);
    tcase_add_test(tcase, a_model_brings_its_style);
    tcase_add_test(tcase, a_name_counts_more_than_the_model);
    tcase_add_test(tcase, a_file_that_is_not_a_model_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
