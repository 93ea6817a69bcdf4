/* Half precision: every value there is, and the rounding between them. */
#include "nn/base/float16.h"

#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

START_TEST(every_value_survives_the_way_through_float) {
    for (uint32_t half = 0; half <= UINT16_MAX; half++) {
        float value = float16_to_float((uint16_t)half);
        bool nan = (half & 0x7c00) == 0x7c00 && half & 0x3ff;
        ck_assert_int_eq(isnan(value) != 0, nan);
        if (!nan)
            ck_assert_uint_eq(float16_from_float(value), half);
    }
    ck_assert((float16_from_float(NAN) & 0x7fff) > 0x7c00);
}
END_TEST

START_TEST(known_values_have_their_known_bits) {
    static const struct {
        float value;
        uint16_t bits;
    } known[] = {{1, 0x3c00},        {-2, 0xc000},       {65504, 0x7bff},
                 {0x1p-14f, 0x0400}, {0x1p-24f, 0x0001}, {0, 0x0000},
                 {-0.0f, 0x8000},    {INFINITY, 0x7c00}, {0.333251953f, 0x3555}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        ck_assert_uint_eq(float16_from_float(known[i].value), known[i].bits);
        ck_assert_float_eq(float16_to_float(known[i].bits), known[i].value);
    }
}
END_TEST

/* Between neighbours the nearer wins; halfway the one whose last bit is 0. */
START_TEST(rounding_is_to_the_nearest_and_ties_go_to_even) {
    for (uint16_t half = 0; half < 0x7bff; half++) {
        float low = float16_to_float(half), high = float16_to_float((uint16_t)(half + 1)),
              middle = low + (high - low) / 2; /* exact in a float */
        uint16_t even = half % 2 ? (uint16_t)(half + 1) : half;
        ck_assert_uint_eq(float16_from_float(middle), even);
        ck_assert_uint_eq(float16_from_float(-middle), even | 0x8000);
        ck_assert_uint_eq(float16_from_float(nextafterf(middle, 0)), half);
        ck_assert_uint_eq(float16_from_float(nextafterf(middle, INFINITY)), half + 1);
    }
    ck_assert_uint_eq(float16_from_float(nextafterf(65520, 0)), 0x7bff);
    ck_assert_uint_eq(float16_from_float(65520), 0x7c00);
    ck_assert_uint_eq(float16_from_float(1e30f), 0x7c00);
}
END_TEST

Suite *float16_suite(void) {
    Suite *suite = suite_create("float16");
    TCase *tcase = tcase_create("float16");
    tcase_add_test(tcase, every_value_survives_the_way_through_float);
    tcase_add_test(tcase, known_values_have_their_known_bits);
    tcase_add_test(tcase, rounding_is_to_the_nearest_and_ties_go_to_even);
    suite_add_tcase(suite, tcase);
    return suite;
}
