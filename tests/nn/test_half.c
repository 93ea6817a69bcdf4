/* Rounding to half precision against a reference in plain arithmetic, and the way back. */
#include "nn/dense_step.h"
#include "nn/kernels/half.h"
#include "tests/support/probe.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* All halves but infinities and NaNs, by their bits. */
enum { FINITE = 0x7c00, HALVES = 2 * FINITE };

static Half half_at(int i) {
    return (Half)(i < FINITE ? i : 0x8000 + i - FINITE);
}

/* IEEE 754-2008, 3.4. */
static float value_of(Half half) {
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double magnitude = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    return (float)(half & 0x8000 ? -magnitude : magnitude);
}

START_TEST(a_half_is_rounded_to_itself) {
    for (int i = 0; i < HALVES; i++)
        ck_assert_uint_eq(half_of(value_of(half_at(i))), half_at(i));
}
END_TEST

START_TEST(the_nearest_half_is_taken_and_of_two_the_even_one) {
    for (int i = 0; i + 1 < FINITE; i++) {
        Half below = half_at(i), above = half_at(i + 1);
        float middle = (value_of(below) + value_of(above)) / 2;
        ck_assert_uint_eq(half_of(middle), below & 1 ? above : below);
        ck_assert_uint_eq(half_of(nextafterf(middle, 0)), below);
        ck_assert_uint_eq(half_of(nextafterf(middle, INFINITY)), above);
        ck_assert_uint_eq(half_of(-middle), 0x8000 | (below & 1 ? above : below));
    }
    float *numbers = probe_random(1, 10000);
    for (int i = 0; i < 10000; i++)
        ck_assert_float_eq(value_of(half_of(numbers[i])), probe_round_to_half(numbers[i]));
    free(numbers);
}
END_TEST

START_TEST(what_lies_beyond_the_range_becomes_the_largest) {
    ck_assert_float_eq(value_of(half_of(1e5f)), 65504);
    ck_assert_float_eq(value_of(half_of(-INFINITY)), -65504);
    ck_assert_float_eq(fabsf(value_of(half_of(NAN))), 65504);
    ck_assert_float_eq(value_of(half_of(1e-9f)), 0);
}
END_TEST

START_TEST(every_half_comes_back_exactly) {
    if (!probe_use_isa((Isa)_i))
        return;
    static float values[HALVES], y[2 * HALVES];
    for (int i = 0; i < HALVES; i++)
        values[i] = value_of(half_at(i));
    Tensor weight = {.name = "halves", .shape = shape(HALVES, 1), .data = values};
    Error error;
    DenseStep *layer = dense_step_create(&weight, NULL, &error);
    ck_assert_msg(layer != NULL, "%s", error.message);
    for (int rows = 1; rows <= 2; rows++) {
        dense_step(layer, rows, (const float[]){1, 1}, y);
        for (int i = 0; i < rows * HALVES; i++)
            ck_assert_float_eq(y[i], values[i % HALVES]);
    }
    dense_step_destroy(layer);
}
END_TEST

Suite *half_suite(void) {
    Suite *suite = suite_create("half");
    TCase *tests = tcase_create("halves");
    tcase_add_test(tests, a_half_is_rounded_to_itself);
    tcase_add_test(tests, the_nearest_half_is_taken_and_of_two_the_even_one);
    tcase_add_test(tests, what_lies_beyond_the_range_becomes_the_largest);
    tcase_add_loop_test(tests, every_half_comes_back_exactly, 0, ISA_KINDS);
    suite_add_tcase(suite, tests);
    return suite;
}
