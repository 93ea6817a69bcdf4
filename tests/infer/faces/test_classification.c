#include "infer/faces/classification.h"

#include "tests/support/locale.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>

static const WatchedFace face = {
    .id = 2,
    .box = {10, 20, 30, 40},
    .score = 2.5f,
    .state = {.emotion = EMOTION_SAD,
              .confidence = 0.5f,
              .valence = -0.25f,
              .arousal = -0.5f,
              .probabilities = {[EMOTION_SAD] = 0.5f, [EMOTION_NEUTRAL] = 0.5f}}};

/* What `print` prints (caller frees). */
static char *printed(void (*print)(const Classification *, FILE *), bool video) {
    Classification seen = {"a \"b\".png", video, 1.25, &face, 1};
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(stream);
    print(&seen, stream);
    fclose(stream);
    return text;
}

static void check_csv(void) {
    char *text = printed(classification_print_csv, true);
    ck_assert_str_eq(text, "\"a \"\"b\"\".png\",1.250,2,10,20,30,40,sad,0.5000,-0.2500,-0.5000,"
                           "0.0000,0.0000,0.0000,0.0000,0.5000,0.0000,0.5000,2.5\n");
    free(text);
}

static void print_json(const Classification *seen, FILE *stream) {
    Error error;
    ck_assert_msg(!classification_print_json(seen, stream, &error), "%s", error.message);
}

static void check_json(void) {
    char *text = printed(print_json, true);
    json_error_t mistake;
    json_t *object = json_loads(text, 0, &mistake);
    ck_assert_msg(object != NULL, "%s: %s", mistake.text, text);
    assert_contains(text, "1.25");
    assert_contains(text, "-0.25");
    json_decref(object);
    free(text);
}

START_TEST(a_face_is_a_row) {
    check_csv();
}
END_TEST

START_TEST(a_row_has_as_many_cells_as_the_head) {
    char *row = printed(classification_print_csv, false), *head = NULL;
    size_t size;
    FILE *stream = open_memstream(&head, &size);
    ck_assert_ptr_nonnull(stream);
    classification_print_csv_header(stream);
    fclose(stream);
    int commas = 0;
    for (const char *c = head; *c; c++)
        commas += *c == ',';
    for (const char *c = row; *c; c++)
        commas -= *c == ',';
    ck_assert_int_eq(commas, 0);
    free(row);
    free(head);
}
END_TEST

START_TEST(numbers_have_points_under_a_locale_with_a_comma) {
    if (!locale_with_a_decimal_comma())
        return;
    check_csv();
    check_json();
}
END_TEST

Suite *classification_suite(void) {
    Suite *suite = suite_create("classification");
    TCase *tests = tcase_create("CSV and JSON");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_set_timeout(tests, 60); /* to compile a locale */
    tcase_add_test(tests, a_face_is_a_row);
    tcase_add_test(tests, a_row_has_as_many_cells_as_the_head);
    tcase_add_test(tests, numbers_have_points_under_a_locale_with_a_comma);
    suite_add_tcase(suite, tests);
    return suite;
}
