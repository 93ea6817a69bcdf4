#include "compose/evaluate/form_report.h"

#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The line of the report that begins with a measure's name; the caller frees the whole. */
static char *report(const char *first, const char *second, const char *measure, const char **line) {
    Error error;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    const char *folders = text_format("%s/%s,%s/%s", music_folder(), first, music_folder(), second);
    ck_assert_msg(!form_report(folders, 0, false, false, stream, &error), "%s", error.message);
    fclose(stream);
    *line = strstr(text, text_format("\n%s ", measure));
    return text;
}

/* Two seconds have no segments that could recur, half a minute has. */
START_TEST(a_measure_of_any_folder_has_a_line) {
    music_folder_add("short/a.mid", 4, 0);
    music_folder_add("long/a.mid", 60, 0);
    music_folder_add("long/b.mid", 60, 1);
    for (int longer_first = 0; longer_first < 2; longer_first++) {
        const char *line;
        char *text = report(longer_first ? "long" : "short", longer_first ? "short" : "long",
                            "segments_again", &line);
        char first[32], second[32];
        ck_assert_msg(line != NULL, "no segments in\n%s", text);
        if (longer_first)
            ck_assert_int_eq(sscanf(line, " segments_again %31s ± %*s %31s", first, second), 2);
        else
            ck_assert_int_eq(sscanf(line, " segments_again %31s %31s", second, first), 2);
        ck_assert_str_eq(second, "-");
        ck_assert_double_ge(strtod(first, NULL), 0);
        ck_assert_int_eq(strchr(first, '.') != NULL, 1);
        free(text);
    }
}
END_TEST

START_TEST(a_measure_of_no_folder_has_no_line) {
    const char *line;
    music_folder_add("short/a.mid", 4, 0);
    music_folder_add("other/a.mid", 5, 0);
    char *text = report("short", "other", "segments_again", &line);
    ck_assert_ptr_null(line);
    assert_contains(text, "\nnote_rate ");
    free(text);
}
END_TEST

/* Notes of half a second, one after another, of which one folder has a file that is none. */
START_TEST(means_are_of_the_files_that_can_be_read) {
    const char *line;
    double first, second;
    music_folder_add("steady/a.mid", 60, 0);
    music_folder_add("steady/b.mid", 40, 3);
    music_folder_write("steady/c.mid", "MThd");
    music_folder_add("other/a.mid", 60, 0);
    char *text = report("steady", "other", "note_rate", &line);
    ck_assert_int_eq(sscanf(line, " note_rate %lf ± %*s %lf", &first, &second), 2);
    ck_assert_double_eq_tol(first, 2, 0.05);
    ck_assert_double_eq_tol(second, 2, 0.05);
    int files[2], left_out[2];
    ck_assert_int_eq(sscanf(strstr(text, "\nfiles"), " files %d %d", &files[0], &files[1]), 2);
    ck_assert_int_eq(
        sscanf(strstr(text, "\nleft out"), " left out %d %d", &left_out[0], &left_out[1]), 2);
    ck_assert(files[0] == 2 && files[1] == 1 && left_out[0] == 1 && left_out[1] == 0);
    free(text);
}
END_TEST

/* Of one file there is no interval; and a name may be any bytes. */
START_TEST(json_has_every_folder_and_mean) {
    Error error;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    music_folder_add("one\xff/a.mid", 60, 0);
    music_folder_add("two/a.mid", 60, 0);
    music_folder_add("two/b.mid", 40, 3);
    const char *folders = text_format("%s/one\xff,%s/two", music_folder(), music_folder());
    ck_assert_msg(!form_report(folders, 0, false, true, stream, &error), "%s", error.message);
    fclose(stream);
    json_t *json = json_loads(text, 0, NULL);
    ck_assert_uint_eq(json_array_size(json), 2);
    for (size_t i = 0; i < 2; i++) {
        const json_t *rate = json_object_get(json_array_get(json, i), "note_rate");
        ck_assert_double_eq_tol(json_number_value(json_object_get(rate, "mean")), 2, 0.05);
        ck_assert(i ? json_is_real(json_object_get(rate, "half_interval"))
                    : json_is_null(json_object_get(rate, "half_interval")));
    }
    assert_contains(json_string_value(json_object_get(json_array_get(json, 0), "folder_bytes")),
                    "one%FF");
    json_decref(json);
    free(text);
}
END_TEST

START_TEST(a_folder_without_a_readable_file_is_told) {
    Error error;
    music_folder_write("broken/a.mid", "MThd");
    FILE *stream = fopen("/dev/null", "w");
    ck_assert_int_eq(
        form_report(text_format("%s/broken", music_folder()), 0, false, false, stream, &error), -1);
    fclose(stream);
    assert_contains(error.message, "broken: none of 1 files can be measured; the first: ");
    assert_contains(error.message, "a.mid");
}
END_TEST

Suite *form_report_suite(void) {
    Suite *suite = suite_create("form_report");
    TCase *tests = tcase_create("form_report");
    tcase_add_checked_fixture(tests, scratch_create, scratch_remove);
    tcase_add_test(tests, a_measure_of_any_folder_has_a_line);
    tcase_add_test(tests, a_measure_of_no_folder_has_no_line);
    tcase_add_test(tests, means_are_of_the_files_that_can_be_read);
    tcase_add_test(tests, json_has_every_folder_and_mean);
    tcase_add_test(tests, a_folder_without_a_readable_file_is_told);
    suite_add_tcase(suite, tests);
    return suite;
}
