#include "nn/base/number.h"
#include "nn/models/image_classifier.h"
#include "tests/support/locale.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

static void check_points(void) {
    char text[NUMBER_TEXT], *end;
    ck_assert_str_eq(number_text(0.05, 6, text), "0.05");
    ck_assert_str_eq(number_text(-DBL_MAX, 17, text), "-1.7976931348623157e+308");
    ck_assert_double_eq(number_read("2.5;", &end), 2.5);
    ck_assert_str_eq(end, ";");
    ck_assert_double_eq(number_read("2,5", &end), 2);
    ck_assert_str_eq(end, ",5");
}

START_TEST(rounding_is_to_decimal_places) {
    ck_assert_double_eq(number_round(0.123449, 4), 0.1234);
    ck_assert_double_eq(number_round(-2.5, 0), -3);
    ck_assert_double_eq(number_round(86399.9996, 3), 86400);
}
END_TEST

START_TEST(numbers_have_a_point) {
    check_points();
}
END_TEST

START_TEST(numbers_have_a_point_under_a_locale_with_a_comma) {
    if (!locale_with_a_decimal_comma())
        return;
    check_points();
    char text[40];
    snprintf(text, sizeof text, "%.1f", 0.5);
    ck_assert_str_eq(text, "0,5"); /* the host's locale is as it was */
}
END_TEST

START_TEST(printing_has_points_under_a_locale_with_a_comma) {
    if (!locale_with_a_decimal_comma())
        return;
    char text[40], *printed = NULL;
    size_t size;
    ck_assert_int_eq(number_format(text, sizeof text, "%.2f %s", 0.25, "a"), 6);
    ck_assert_str_eq(text, "0.25 a");
    FILE *stream = open_memstream(&printed, &size);
    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(number_print(stream, "%.2f %s", 0.25, "a"), 6);
    fclose(stream);
    ck_assert_str_eq(printed, "0.25 a");
    free(printed);
}
END_TEST

START_TEST(no_number_moves_no_pointer) {
    const char *text = "soon";
    char *end;
    ck_assert_double_eq(number_read(text, &end), 0);
    ck_assert_ptr_eq(end, text);
}
END_TEST

START_TEST(a_float_comes_back_from_nine_digits_and_a_double_from_seventeen) {
    static const double values[] = {0.1, 1.0 / 3, 6.02214076e23, 1e-40, M_PI, -0.0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[NUMBER_TEXT];
        float value = (float)values[i];
        ck_assert(number_read(number_text(values[i], 17, text), NULL) == values[i]);
        ck_assert((float)number_read(number_text((double)value, 9, text), NULL) == value);
    }
}
END_TEST

START_TEST(a_model_is_saved_and_loaded_under_a_locale_with_a_comma) {
    if (!locale_with_a_decimal_comma())
        return;
    ImageClassifierInfo info = {.arch = "mini",
                                .size = 48,
                                .mean = 0.507f,
                                .std = 0.255f,
                                .dropout = 0.4f,
                                .temperature = 1.25f,
                                .n_classes = 2,
                                .class_names = {"happy", "sad"}};
    Error error;
    ImageClassifier *model = image_classifier_create(&info, rng_seed(1), &error);
    ck_assert_ptr_nonnull(model);
    ck_assert_int_eq(image_classifier_save(model, scratch_path("model"), NULL, &error), 0);
    image_classifier_destroy(model);
    model = image_classifier_load(scratch_path("model"), &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    ck_assert_float_eq(image_classifier_info(model)->temperature, 1.25f);
    image_classifier_destroy(model);
}
END_TEST

Suite *number_suite(void) {
    Suite *suite = suite_create("number");
    TCase *tests = tcase_create("numbers as text");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_set_timeout(tests, 60); /* to compile a locale */
    tcase_add_test(tests, rounding_is_to_decimal_places);
    tcase_add_test(tests, numbers_have_a_point);
    tcase_add_test(tests, numbers_have_a_point_under_a_locale_with_a_comma);
    tcase_add_test(tests, printing_has_points_under_a_locale_with_a_comma);
    tcase_add_test(tests, no_number_moves_no_pointer);
    tcase_add_test(tests, a_float_comes_back_from_nine_digits_and_a_double_from_seventeen);
    tcase_add_test(tests, a_model_is_saved_and_loaded_under_a_locale_with_a_comma);
    suite_add_tcase(suite, tests);
    return suite;
}
