/* Parts of files that requests ask for. */
#include "compose/web/byte_range.h"

#include <check.h>

static const struct {
    const char *text;
    int result;
    uint64_t first, size;
} cases[] = {
    {NULL, BYTE_RANGE_NONE, 0, 1000},
    {"bytes=0-", BYTE_RANGE_PART, 0, 1000},
    {"bytes=0-0", BYTE_RANGE_PART, 0, 1},
    {"bytes=5-9", BYTE_RANGE_PART, 5, 5},
    {"Bytes=990-2000", BYTE_RANGE_PART, 990, 10},
    {"bytes=999-", BYTE_RANGE_PART, 999, 1},
    {"bytes=-5", BYTE_RANGE_PART, 995, 5},
    {"bytes=-5000", BYTE_RANGE_PART, 0, 1000},
    {"bytes=1000-", BYTE_RANGE_OUTSIDE, 0, 1000},
    {"bytes=99999999999999999999999-", BYTE_RANGE_OUTSIDE, 0, 1000},
    {"bytes=0-99999999999999999999999", BYTE_RANGE_PART, 0, 1000},
    {"bytes=-0", BYTE_RANGE_OUTSIDE, 0, 1000},
    /* what is none, or several, is as if it were not there */
    {"bytes=9-5", BYTE_RANGE_NONE, 0, 1000},
    {"bytes=0-1,5-9", BYTE_RANGE_NONE, 0, 1000},
    {"bytes=", BYTE_RANGE_NONE, 0, 1000},
    {"bytes=-", BYTE_RANGE_NONE, 0, 1000},
    {"bytes=x-", BYTE_RANGE_NONE, 0, 1000},
    {"bytes= 1-2", BYTE_RANGE_NONE, 0, 1000},
    {"bytes=1-2 ", BYTE_RANGE_NONE, 0, 1000},
    {"seconds=1-2", BYTE_RANGE_NONE, 0, 1000},
    {"", BYTE_RANGE_NONE, 0, 1000},
};

START_TEST(parts_are_read_as_the_standard_has_them) {
    ByteRange range;
    ck_assert_int_eq(byte_range_read(cases[_i].text, 1000, &range), cases[_i].result);
    ck_assert_uint_eq(range.first, cases[_i].first);
    ck_assert_uint_eq(range.size, cases[_i].size);
    ck_assert_uint_eq(range.whole, 1000);
}
END_TEST

START_TEST(nothing_has_no_parts) {
    ByteRange range;
    ck_assert_int_eq(byte_range_read("bytes=0-", 0, &range), BYTE_RANGE_OUTSIDE);
    ck_assert_int_eq(byte_range_read("bytes=-1", 0, &range), BYTE_RANGE_OUTSIDE);
    ck_assert_int_eq(byte_range_read(NULL, 0, &range), BYTE_RANGE_NONE);
}
END_TEST

Suite *byte_range_suite(void) {
    Suite *suite = suite_create("byte_range");
    TCase *tcase = tcase_create("byte range");
    tcase_add_loop_test(tcase, parts_are_read_as_the_standard_has_them, 0,
                        sizeof cases / sizeof *cases);
    tcase_add_test(tcase, nothing_has_no_parts);
    suite_add_tcase(suite, tcase);
    return suite;
}
