/* Tables of numbers with a class in each row. */
#include "datasets/media/number_table.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>

static Error error;
static NumberTable table;

static int read_text(const char *text, const char *label, const char *drop) {
    return number_table_read(scratch_write("t.csv", text), label, drop, &table, &error);
}

START_TEST(inputs_and_classes_are_told_apart) {
    ck_assert_msg(
        !read_text("a,kind,b,note\n1,yes,2.5,x\n-3e2,no,?,y\n,yes,NA,z\n", "kind", "note"), "%s",
        error.message);
    ck_assert_int_eq(table.rows, 3);
    ck_assert_int_eq(table.inputs, 2);
    ck_assert_int_eq(table.classes, 2);
    ck_assert_str_eq(table.input_names[1], "b");
    ck_assert_str_eq(table.class_names[0], "no");
    ck_assert_int_eq(table.labels[0], 1);
    ck_assert_float_eq(table.x[2], -300);
    ck_assert_float_nan(table.x[3]);
    ck_assert_float_nan(table.x[4]);
    number_table_free(&table);
}
END_TEST

START_TEST(numbers_as_classes_are_in_their_order) {
    ck_assert_int_eq(read_text("x,c\n1,10\n2,9\n3,-1\n", "c", NULL), 0);
    ck_assert_str_eq(table.class_names[0], "-1");
    ck_assert_str_eq(table.class_names[1], "9");
    ck_assert_str_eq(table.class_names[2], "10");
    number_table_free(&table);
}
END_TEST

START_TEST(rows_without_a_label_are_passed_over) {
    ck_assert_int_eq(read_text("x,c\n1,a\n2,\n3,b\n", "c", NULL), 0);
    ck_assert_int_eq(table.rows, 2);
    ck_assert_int_eq(table.passed_over, 1);
    ck_assert_float_eq(table.x[1], 3);
    ck_assert_int_eq(table.labels[1], 1);
    number_table_free(&table);
}
END_TEST

START_TEST(mistakes_are_told_with_their_place) {
    static const struct {
        const char *text, *label, *drop, *message;
    } cases[] = {
        {"x,c\n1,a\nBerlin,b\n", "c", NULL, "t.csv:3: column 'x' holds 'Berlin'"},
        {"x,c\n1,a\ninf,b\n", "c", NULL, "t.csv:3"},
        {"x,c\n1,a\n1e39,b\n", "c", NULL, "t.csv:3"},
        {"x,c\n1,a\n2,a\n", "c", NULL, "a single class"},
        {"pr\xe9nom,c\n1,a\n2,b\n", "c", NULL, "the name of a column is not UTF-8"},
        {"x,c\n1,a\n2,\xe9t\xe9\n", "c", NULL, "the name of a class is not UTF-8"},
        {"x,c\n1,\n2,NA\n", "c", NULL, "no class"},
        {"x,y,x,c\n1,2,3,a\n4,5,6,b\n", "c", NULL, "two columns are named 'x'"},
        {"x,c\n1,a\n", "d", NULL, "no column 'd'"},
        {"x,c\n1,a\n", "c", "y", "no column 'y'"},
        {"x,c\n1,a\n2,b\n", "c", "x", "no column but the label"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(read_text(cases[i].text, cases[i].label, cases[i].drop), -1);
        assert_contains(error.message, cases[i].message);
        number_table_free(&table);
    }
}
END_TEST

START_TEST(columns_are_found_by_name) {
    static const char *const inputs[] = {"b", "a"}, *const classes[] = {"no", "yes"};
    const char *path = scratch_write("t.csv", "a,other,b,c\n1,text,2,yes\n3,,4,maybe\n");
    ck_assert_int_eq(number_table_read_as(path, "c", inputs, 2, classes, 2, &table, &error), 0);
    ck_assert_float_eq(table.x[0], 2);
    ck_assert_float_eq(table.x[1], 1);
    ck_assert_int_eq(table.labels[0], 1);
    ck_assert_int_eq(table.labels[1], -1);
    number_table_free(&table);
    static const char *const missing[] = {"a", "z"};
    ck_assert_int_eq(number_table_read_as(path, NULL, missing, 2, classes, 2, &table, &error), -1);
    assert_contains(error.message, "no column 'z'");
    number_table_free(&table);
}
END_TEST

Suite *number_table_suite(void) {
    Suite *suite = suite_create("number_table");
    TCase *tcase = tcase_create("number_table");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, inputs_and_classes_are_told_apart);
    tcase_add_test(tcase, numbers_as_classes_are_in_their_order);
    tcase_add_test(tcase, rows_without_a_label_are_passed_over);
    tcase_add_test(tcase, mistakes_are_told_with_their_place);
    tcase_add_test(tcase, columns_are_found_by_name);
    suite_add_tcase(suite, tcase);
    return suite;
}
