#include "compose/evaluate/overlap.h"

#include "nn/base/rng.h"

#include <check.h>
#include <math.h>

enum { N = 4000 };

START_TEST(equal_samples_overlap_wholly_and_distant_ones_not) {
    static float x[N], y[N];
    for (int i = 0; i < N; i++) {
        x[i] = rng_normal(rng_seed(1), (uint64_t)i);
        y[i] = x[i] + 100;
    }
    ck_assert_double_eq_tol(overlap_of_samples(x, N, x, N), 1, 0.01);
    ck_assert_double_eq_tol(overlap_of_samples(x, N, y, N), 0, 1e-6);
}
END_TEST

/* Two normal densities of one width, d apart, share 2 Φ(-d / 2σ); the kernel widens both. */
START_TEST(shifted_normals_overlap_as_the_formula_says) {
    static float x[N], y[N];
    for (int i = 0; i < N; i++) {
        x[i] = rng_normal(rng_seed(1), (uint64_t)i);
        y[i] = rng_normal(rng_seed(2), (uint64_t)i) + 1;
    }
    double widened = sqrt(1 + pow(N, -0.4));
    double expected = erfc(0.5 / widened / sqrt(2));
    ck_assert_double_eq_tol(overlap_of_samples(x, N, y, N), expected, 0.03);
}
END_TEST

START_TEST(spikes_overlap_with_their_own_kind) {
    const float x[] = {2, 2, 2}, y[] = {3, 3, 3};
    ck_assert_double_eq(overlap_of_samples(x, 3, x, 3), 1);
    ck_assert_double_eq(overlap_of_samples(x, 3, y, 3), 0);
}
END_TEST

Suite *overlap_suite(void) {
    Suite *suite = suite_create("overlap");
    TCase *areas = tcase_create("areas");
    tcase_add_test(areas, equal_samples_overlap_wholly_and_distant_ones_not);
    tcase_add_test(areas, shifted_normals_overlap_as_the_formula_says);
    tcase_add_test(areas, spikes_overlap_with_their_own_kind);
    suite_add_tcase(suite, areas);
    return suite;
}
