/* Reading cascades: what they hold, and that no XML does harm. */
#include "nn/io/file.h"
#include "tests/support/cascades.h"
#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>

#ifdef HAVE_EXPAT

static void assert_refused(const char *xml, const char *reason) {
    Error error;
    Cascade *cascade = cascade_parse("x.xml", xml, strlen(xml), &error);
    ck_assert_msg(!cascade, "read what should fail with \"%s\"", reason);
    assert_contains(error.message, reason);
    assert_contains(error.message, "x.xml");
}

START_TEST(a_cascade_is_read_as_it_is_written) {
    Error error;
    Cascade *cascade = cascade_parse("x.xml", small_cascade, strlen(small_cascade), &error);
    ck_assert_msg(cascade != NULL, "%s", error.message);
    ck_assert_int_eq(cascade->n_stages, 2);
    ck_assert_int_eq(cascade->n_trees, 3);
    ck_assert_int_eq(cascade->n_nodes, 4);
    ck_assert_int_eq(cascade->n_leaves, 7);
    ck_assert_int_eq(cascade->n_features, 3);
    ck_assert(cascade->has_tilted && cascade->features[1].tilted && !cascade->features[2].tilted);
    ck_assert_int_eq(cascade->features[2].n_rectangles, 3);
    ck_assert_float_eq(cascade->features[2].rectangles[2].weight, 1.5f);
    ck_assert_float_eq(cascade->stages[1].threshold, 0.4f - 1e-5f);
    ck_assert_int_eq(cascade->nodes[2].below, 1);
    ck_assert_int_eq(cascade->nodes[3].above, -2);
    cascade_free(cascade);
}
END_TEST

START_TEST(a_fault_is_named_with_its_line) {
    assert_refused(small_cascade_with("BOOST", "WOOD"), "BOOST");
    assert_refused(small_cascade_with("HAAR", "LBP"), "HAAR");
    assert_refused(small_cascade_with("0 -1 0 0.001", "0 -1 0 zero"), "x.xml:8: expected a number");
    assert_refused(small_cascade_with("0 -1 0 0.001", "0 -1 0"), "four numbers");
    assert_refused(small_cascade_with("0.1 0.9", "0.1"), "one leaf more than nodes");
    assert_refused(small_cascade_with("0 -1 0 0.001", "0 -1 7 0.001"), "feature 7");
    assert_refused(small_cascade_with("1 0 1 0.01", "0 0 1 0.01 1 0 1 0.01 -1 0 1 0.01 2 0 1 0.01"),
                   "leaf");
    assert_refused(small_cascade_with("-1 -2 2 -0.03", "1 -2 2 -0.03"),
                   "neither a later node nor a leaf");
    assert_refused(small_cascade_with("0 3 9 3", "0 3 9 30"), "outside the window");
    assert_refused(small_cascade_with("6 1 4 3", "2 1 4 3"), "outside the window");
    assert_refused(small_cascade_with("1 2 8 6 -1.", "1 2 8 6 nan"), "expected a number");
    assert_refused(small_cascade_with("<height>12", "<height>1200000"), "window is");
    assert_refused(small_cascade_with("opencv_storage", "html"), "x.xml:2");
}
END_TEST

START_TEST(entities_cannot_multiply) {
    assert_refused("<!DOCTYPE a [<!ENTITY b \"bbbb\">]><opencv_storage>&b;</opencv_storage>",
                   "document type");
}
END_TEST

START_TEST(deep_nesting_is_refused) {
    char xml[4096] = "<opencv_storage>";
    while (strlen(xml) < 4000)
        strcat(xml, "<a>");
    assert_refused(xml, "nested too deeply");
}
END_TEST

START_TEST(a_file_cut_anywhere_is_refused) {
    for (size_t length = 0; length + 2 < strlen(small_cascade); length++) {
        Error error;
        char *cut = malloc(length + 1); /* exact size, so that a sanitizer sees a read beyond */
        memcpy(cut, small_cascade, length);
        ck_assert_ptr_null(cascade_parse("x.xml", cut, length, &error));
        free(cut);
    }
}
END_TEST

START_TEST(opencvs_own_cascades_are_read) {
    static const char *const names[] = {"frontalface_default", "frontalface_alt",
                                        "frontalface_alt2",    "frontalface_alt_tree",
                                        "profileface",         "eye",
                                        "lefteye_2splits",     "smile"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[4096];
        Error error;
        if (cascade_locate(text_format("haarcascade_%s.xml", names[i]), path, sizeof path,
                           &error)) {
            fprintf(stderr, "skipped %s: %s\n", tcase_name(), error.message);
            return;
        }
        Cascade *cascade = cascade_load(path, &error);
        ck_assert_msg(cascade != NULL, "%s", error.message);
        ck_assert_int_gt(cascade->n_stages, 9);
        cascade_free(cascade);
    }
}
END_TEST

#else

START_TEST(without_expat_the_package_is_named) {
    Error error;
    ck_assert_ptr_null(cascade_parse("x.xml", small_cascade, strlen(small_cascade), &error));
    assert_contains(error.message, "libexpat1-dev");
}
END_TEST

#endif

START_TEST(a_missing_cascade_names_its_package) {
    Error error;
    char path[4096];
    ck_assert_int_eq(cascade_locate("haarcascade_unicorn.xml", path, sizeof path, &error), -1);
    assert_contains(error.message, "opencv-data");
}
END_TEST

Suite *cascade_suite(void) {
    Suite *suite = suite_create("cascade");
    TCase *tcase = tcase_create("cascade");
#ifdef HAVE_EXPAT
    tcase_add_test(tcase, a_cascade_is_read_as_it_is_written);
    tcase_add_test(tcase, a_fault_is_named_with_its_line);
    tcase_add_test(tcase, entities_cannot_multiply);
    tcase_add_test(tcase, deep_nesting_is_refused);
    tcase_add_test(tcase, a_file_cut_anywhere_is_refused);
    tcase_add_test(tcase, opencvs_own_cascades_are_read);
#else
    tcase_add_test(tcase, without_expat_the_package_is_named);
#endif
    tcase_add_test(tcase, a_missing_cascade_names_its_package);
    suite_add_tcase(suite, tcase);
    return suite;
}
