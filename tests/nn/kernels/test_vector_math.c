/* The vector functions against the C library in double, on every instruction set. */
#include "nn/kernels/vector_math.h"
#include "tests/support/probe.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

typedef void (*Map)(float *y, const float *x, int64_t count);

static double sigmoid(double x) {
    return 1 / (1 + exp(-x));
}

/* Distance in units in the last place of the expected float. */
static double units(float got, double expected) {
    float next = nextafterf(fabsf((float)expected), INFINITY);
    return fabs(got - expected) / ((double)next - fabs((double)(float)expected));
}

static void check_range(const char *name, Map map, double (*exact)(double), float low, float high,
                        double limit) {
    enum { COUNT = 100003 };
    float *x = malloc(COUNT * sizeof *x), *y = malloc(COUNT * sizeof *y);
    double worst = 0;
    for (int i = 0; i < COUNT; i++)
        x[i] = low + (high - low) * (float)i / (COUNT - 1);
    map(y, x, COUNT);
    for (int i = 0; i < COUNT; i++)
        worst = fmax(worst, units(y[i], exact(x[i])));
    ck_assert_msg(worst <= limit, "%s on %g … %g: %g units in the last place, at most %g", name,
                  low, high, worst, limit);
    free(x);
    free(y);
}

START_TEST(functions_are_exact_to_a_few_units_in_the_last_place) {
    if (!probe_use_isa(_i))
        return;
    const VectorMathKernels *kernels = KERNELS(vector_math);
    check_range("exp", kernels->exp, exp, -87, 88, 2);
    check_range("exp", kernels->exp, exp, -1e-3f, 1e-3f, 2);
    check_range("sigmoid", kernels->sigmoid, sigmoid, -80, 80, 4);
    check_range("tanh", kernels->tanh, tanh, -12, 12, 3);
    check_range("tanh", kernels->tanh, tanh, -1e-3f, 1e-3f, 3);
}
END_TEST

START_TEST(special_values_come_out_as_they_should) {
    if (!probe_use_isa(_i))
        return;
    const VectorMathKernels *kernels = KERNELS(vector_math);
    const float x[] = {-INFINITY, -1000, 0, 1000, INFINITY, NAN};
    float e[6], s[6], t[6];
    kernels->exp(e, x, 6);
    kernels->sigmoid(s, x, 6);
    kernels->tanh(t, x, 6);
    const float exps[] = {0, 0, 1, INFINITY, INFINITY}, sigmoids[] = {0, 0, 0.5f, 1, 1};
    const float tanhs[] = {-1, -1, 0, 1, 1};
    for (int i = 0; i < 5; i++) {
        ck_assert(e[i] == exps[i]);
        ck_assert(s[i] == sigmoids[i]);
        ck_assert(t[i] == tanhs[i]);
    }
    ck_assert(isnan(e[5]) && isnan(s[5]) && isnan(t[5]));
}
END_TEST

START_TEST(every_length_is_mapped_whole_and_no_further) {
    if (!probe_use_isa(_i))
        return;
    float x[80], y[80];
    for (int i = 0; i < 80; i++)
        x[i] = 0.1f * (float)i - 4;
    for (int count = 0; count < 70; count++) {
        for (int i = 0; i < 80; i++)
            y[i] = 77;
        KERNELS(vector_math)->tanh(y, x, count);
        for (int i = 0; i < count; i++)
            ck_assert_float_eq_tol(y[i], tanhf(x[i]), 1e-6f);
        for (int i = count; i < 80; i++)
            ck_assert(y[i] == 77);
    }
}
END_TEST

START_TEST(sums_of_exponentials_do_not_overflow) {
    if (!probe_use_isa(_i))
        return;
    for (int count = 1; count < 70; count++) {
        float x[70];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            x[i] = 1000 + sinf((float)i) * 5;
            sum += exp(x[i] - 1000.0);
        }
        ck_assert_double_eq_tol(KERNELS(vector_math)->log_sum_exp(x, count), 1000 + log(sum), 2e-4);
    }
}
END_TEST

Suite *vector_math_suite(void) {
    Suite *suite = suite_create("vector_math");
    TCase *tests = tcase_create("functions");
    tcase_add_loop_test(tests, functions_are_exact_to_a_few_units_in_the_last_place, 0, ISA_KINDS);
    tcase_add_loop_test(tests, special_values_come_out_as_they_should, 0, ISA_KINDS);
    tcase_add_loop_test(tests, every_length_is_mapped_whole_and_no_further, 0, ISA_KINDS);
    tcase_add_loop_test(tests, sums_of_exponentials_do_not_overflow, 0, ISA_KINDS);
    suite_add_tcase(suite, tests);
    return suite;
}
