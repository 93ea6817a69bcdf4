/* Vectors in half precision, against the numbers of float16.h one by one. */
#include "nn/base/float16.h"
#include "nn/base/rng.h"
#include "train/loop/half.h"

#include <check.h>
#include <math.h>
#include <string.h>

enum { COUNT = 4096 };

/* Of all sizes from below the smallest to above the largest number. */
static void fill(float values[COUNT]) {
    for (int i = 0; i < COUNT; i++)
        values[i] = ldexpf(rng_normal(rng_seed(1), (uint64_t)i), i % 50 - 34);
    values[0] = 0;
    values[1] = -0.0f;
    values[2] = 0x1p-14f / HALF_SCALE;
    values[3] = -0x1.ffep-15f / HALF_SCALE;
    values[4] = 65504 / HALF_SCALE;
    values[5] = 65519 / HALF_SCALE;
    values[6] = 65520 / HALF_SCALE;
}

START_TEST(values_are_rounded_to_half_precision) {
    float values[COUNT], rounded[COUNT];
    fill(values);
    memcpy(rounded, values, sizeof rounded);
    half_round(rounded, COUNT);
    for (int i = 0; i < COUNT; i++) {
        float expected = float16_to_float(float16_from_float(values[i] * HALF_SCALE));
        if (isinf(expected))
            ck_assert(isnan(rounded[i]));
        else
            ck_assert_float_eq(rounded[i], expected / HALF_SCALE);
    }
}
END_TEST

START_TEST(rounded_values_fit_into_16_bits) {
    float values[COUNT], back[COUNT];
    uint16_t packed[COUNT];
    fill(values);
    half_round(values, COUNT);
    half_pack(values, COUNT, packed);
    half_unpack(packed, COUNT, back);
    ck_assert_mem_eq(back, values, sizeof values);
    for (int i = 0; i < COUNT; i++)
        ck_assert_uint_eq(packed[i], float16_from_float(values[i] * HALF_SCALE));
}
END_TEST

START_TEST(what_is_not_finite_stays_so) {
    float values[] = {NAN, INFINITY, -INFINITY, 1e38f};
    uint16_t packed[4];
    half_round(values, 4);
    half_pack(values, 4, packed);
    half_unpack(packed, 4, values);
    for (int i = 0; i < 4; i++) /* and what is too large is not clipped in silence */
        ck_assert(isnan(values[i]));
    half_round(values, 4);
    ck_assert(isnan(values[0]));
}
END_TEST

Suite *half_suite(void) {
    Suite *suite = suite_create("half");
    TCase *tcase = tcase_create("core");
    tcase_add_test(tcase, values_are_rounded_to_half_precision);
    tcase_add_test(tcase, rounded_values_fit_into_16_bits);
    tcase_add_test(tcase, what_is_not_finite_stays_so);
    suite_add_tcase(suite, tcase);
    return suite;
}
