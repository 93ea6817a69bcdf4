/* Tables with a header. */
#include "datasets/media/csv.h"

#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <stdlib.h>

static Arena *arena;

static void create(void) {
    scratch_create();
    arena = arena_create();
}

static void destroy(void) {
    arena_destroy(arena);
    scratch_remove();
}

static CsvTable read_text(const char *text) {
    CsvTable table;
    Error error;
    ck_assert_msg(!csv_read(scratch_write("t.csv", text), arena, &table, &error), "%s",
                  error.message);
    return table;
}

START_TEST(cells_are_found_by_row_and_column_name) {
    CsvTable table = read_text("file,valence\na.mid,1\nb.mid,\n");
    ck_assert_int_eq(table.n_rows, 2);
    ck_assert_str_eq(csv_cell(&table, 1, csv_column(&table, "file")), "b.mid");
    ck_assert_str_eq(csv_cell(&table, 1, csv_column(&table, "valence")), "");
    ck_assert_int_eq(csv_column(&table, "arousal"), -1);
    ck_assert_str_eq(csv_cell(&table, 0, -1), "");
}
END_TEST

START_TEST(quotes_hold_commas_line_breaks_and_quotes) {
    CsvTable table =
        read_text("a,b\r\n\"x, y\",\"say \"\"no\"\"\"\r\n\"two\nlines\",z\r\nlast,row");
    ck_assert_str_eq(csv_cell(&table, 0, 0), "x, y");
    ck_assert_str_eq(csv_cell(&table, 0, 1), "say \"no\"");
    ck_assert_str_eq(csv_cell(&table, 1, 0), "two\nlines");
    ck_assert_str_eq(csv_cell(&table, 1, 1), "z");
    ck_assert_str_eq(csv_cell(&table, 2, 1), "row");
    ck_assert_int_eq(table.lines[2], 5);
}
END_TEST

START_TEST(a_header_may_be_quoted_too) {
    CsvTable table = read_text("\"height, cm\",\"a\nb\",kind\n1,2,x\n3,4,y\n");
    ck_assert_int_eq(table.n_columns, 3);
    ck_assert_str_eq(table.names[0], "height, cm");
    ck_assert_str_eq(table.names[1], "a\nb");
    ck_assert_int_eq(table.n_rows, 2);
    ck_assert_str_eq(csv_cell(&table, 1, csv_column(&table, "kind")), "y");
    ck_assert_int_eq(table.lines[1], 4);
    CsvTable wide;
    Error error;
    const char *path = scratch_write("w.csv", "\"a, b\",c\n1,2,3\n");
    ck_assert_int_eq(csv_read(path, arena, &wide, &error), -1);
    assert_contains(error.message, "3 fields, expected 2");
}
END_TEST

START_TEST(a_file_without_a_header_is_refused) {
    static const char *const texts[] = {"", "\xef\xbb\xbf"};
    for (int i = 0; i < 2; i++) {
        CsvTable table;
        Error error;
        ck_assert_int_eq(csv_read(scratch_write("t.csv", texts[i]), arena, &table, &error), -1);
        assert_contains(error.message, "an empty file");
    }
    CsvTable table = read_text("\n"); /* one column without a name */
    ck_assert_int_eq(table.n_rows, 0);
    ck_assert_int_eq(csv_column(&table, "file"), -1);
}
END_TEST

START_TEST(short_rows_empty_lines_and_a_byte_order_mark_are_taken) {
    CsvTable table = read_text("\xef\xbb\xbf"
                               "a,b\nx\n\ny,z\n");
    ck_assert_int_eq(table.n_rows, 2);
    ck_assert_int_eq(csv_column(&table, "a"), 0);
    ck_assert_str_eq(csv_cell(&table, 0, 1), "");
    ck_assert_str_eq(csv_cell(&table, 1, 1), "z");
}
END_TEST

START_TEST(a_header_alone_has_no_rows) {
    CsvTable header = read_text("a,b");
    ck_assert_int_eq(header.n_rows, 0);
}
END_TEST

static const struct {
    const char *text;
    size_t size;
    const char *complaint;
} faulty[] = {
#define FAULTY(text, complaint)                                                                    \
    { text, sizeof text - 1, complaint }
    FAULTY("a,b\n1,2\n1,2,3\n", "t.csv:3: 3 fields, expected 2"),
    FAULTY("a,b\n1,2\n\"3,4\n5,6\n", "t.csv:3: unclosed quote"),
    FAULTY("a,b\n1,2\n\0,4\n", "t.csv: byte 8 is 0"),
    FAULTY("\xff\xfe"
           "a\0,\0b\0",
           "t.csv: byte 3 is 0"), /* UTF-16 */
};

START_TEST(a_faulty_table_is_refused_with_the_place) {
    CsvTable table;
    Error error;
    const char *path = scratch_write_bytes("t.csv", faulty[_i].text, faulty[_i].size);
    ck_assert_int_eq(csv_read(path, arena, &table, &error), -1);
    assert_contains(error.message, faulty[_i].complaint);
}
END_TEST

START_TEST(a_table_that_would_fill_the_memory_is_refused) {
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    memset(text, '\n', SIZE);
    memset(text, ',', 100);
    CsvTable table;
    Error error;
    ck_assert_int_eq(csv_read(scratch_write_bytes("t.csv", text, SIZE), arena, &table, &error), -1);
    assert_contains(error.message, "too many");
    free(text);
}
END_TEST

Suite *csv_suite(void) {
    Suite *suite = suite_create("csv");
    TCase *tcase = tcase_create("csv");
    tcase_add_checked_fixture(tcase, create, destroy);
    tcase_add_test(tcase, cells_are_found_by_row_and_column_name);
    tcase_add_test(tcase, quotes_hold_commas_line_breaks_and_quotes);
    tcase_add_test(tcase, a_header_may_be_quoted_too);
    tcase_add_test(tcase, a_file_without_a_header_is_refused);
    tcase_add_test(tcase, short_rows_empty_lines_and_a_byte_order_mark_are_taken);
    tcase_add_test(tcase, a_header_alone_has_no_rows);
    tcase_add_loop_test(tcase, a_faulty_table_is_refused_with_the_place, 0,
                        sizeof faulty / sizeof *faulty);
    tcase_add_test(tcase, a_table_that_would_fill_the_memory_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
