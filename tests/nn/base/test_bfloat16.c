/* bfloat16: every value there is, and the rounding between them. */
#include "nn/base/bfloat16.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>

START_TEST(every_value_survives_the_way_through_float) {
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        float value = bfloat16_to_float((uint16_t)bits);
        bool nan = (bits & 0x7f80) == 0x7f80 && bits & 0x7f;
        ck_assert_int_eq(isnan(value) != 0, nan);
        if (nan)
            ck_assert(isnan(bfloat16_to_float(bfloat16_from_float(value))));
        else
            ck_assert_uint_eq(bfloat16_from_float(value), bits);
    }
    uint32_t low_bits_only = 0x7f800001; /* a NaN that the upper half does not show */
    float value;
    memcpy(&value, &low_bits_only, sizeof value);
    ck_assert(isnan(bfloat16_to_float(bfloat16_from_float(value))));
}
END_TEST

START_TEST(known_values_have_their_known_bits) {
    ck_assert_uint_eq(bfloat16_from_float(1), 0x3f80);
    ck_assert_uint_eq(bfloat16_from_float(-2), 0xc000);
    ck_assert_uint_eq(bfloat16_from_float(3.140625f), 0x4049);
    ck_assert_uint_eq(bfloat16_from_float(INFINITY), 0x7f80);
}
END_TEST

/* Between neighbours the nearer wins; halfway the one whose last bit is 0. */
START_TEST(rounding_is_to_the_nearest_and_ties_go_to_even) {
    for (uint16_t bits = 0; bits < 0x7f7f; bits++) {
        uint32_t between = (uint32_t)bits << 16 | 0x8000;
        float middle;
        memcpy(&middle, &between, sizeof middle);
        uint16_t even = bits % 2 ? (uint16_t)(bits + 1) : bits;
        ck_assert_uint_eq(bfloat16_from_float(middle), even);
        ck_assert_uint_eq(bfloat16_from_float(-middle), even | 0x8000);
        ck_assert_uint_eq(bfloat16_from_float(nextafterf(middle, 0)), bits);
        ck_assert_uint_eq(bfloat16_from_float(nextafterf(middle, INFINITY)), bits + 1);
    }
    ck_assert_uint_eq(bfloat16_from_float(3.4e38f), 0x7f80);
}
END_TEST

Suite *bfloat16_suite(void) {
    Suite *suite = suite_create("bfloat16");
    TCase *tcase = tcase_create("bfloat16");
    tcase_add_test(tcase, every_value_survives_the_way_through_float);
    tcase_add_test(tcase, known_values_have_their_known_bits);
    tcase_add_test(tcase, rounding_is_to_the_nearest_and_ties_go_to_even);
    suite_add_tcase(suite, tcase);
    return suite;
}
