#include "nn/models/kernel_regression.h"

#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>

enum { ROWS = 200, INPUTS = 3, OUTPUTS = 2 };

static float x[ROWS * INPUTS], y[ROWS * OUTPUTS];

static void draw(void) {
    Rng rng = rng_seed(3);
    for (int i = 0; i < ROWS; i++) {
        float *row = x + i * INPUTS;
        for (int k = 0; k < INPUTS; k++)
            row[k] = rng_normal(rng, (uint64_t)(i * INPUTS + k)) * (k == 1 ? 100 : 1);
        y[2 * i] = sinf(row[0]) + 5;
        y[2 * i + 1] = row[1] / 100 - row[2];
    }
}

static KernelRegression *fit(void) {
    Error error;
    draw();
    KernelRegression *regression = kernel_regression_fit(
        x, y, ROWS, INPUTS, OUTPUTS, (KernelRegressionSettings){0.7f, 0.01f}, &error);
    ck_assert_msg(regression != NULL, "%s", error.message);
    return regression;
}

START_TEST(a_smooth_function_is_found_between_its_rows) {
    KernelRegression *regression = fit();
    for (int i = 0; i < 20; i++) {
        float a = -1 + (float)i / 10, at[] = {a, 50 * a, -a}, found[OUTPUTS];
        kernel_regression_predict(regression, at, found);
        ck_assert_float_eq_tol(found[0], sinf(a) + 5, 0.1f);
        ck_assert_float_eq_tol(found[1], 1.5f * a, 0.15f);
    }
    kernel_regression_destroy(regression);
}
END_TEST

START_TEST(far_from_all_rows_stands_their_mean) {
    KernelRegression *regression = fit();
    float mean = 0, at[] = {1e6f, -1e6f, 1e6f}, found[OUTPUTS];
    for (int i = 0; i < ROWS; i++)
        mean += y[2 * i] / ROWS;
    kernel_regression_predict(regression, at, found);
    ck_assert_float_eq_tol(found[0], mean, 0.6f);
    kernel_regression_destroy(regression);
}
END_TEST

START_TEST(a_file_brings_it_back) {
    Error error;
    KernelRegression *regression = fit();
    ck_assert_int_eq(kernel_regression_name(regression, "mood", &error), 0);
    const Parameters *group = kernel_regression_parameters(regression);
    const char *path = scratch_path("regression.safetensors");
    json_t *metadata = json_object();
    ck_assert_msg(!safetensors_save(path, SAFETENSORS_FULL, 1, &group, metadata, &error), "%s",
                  error.message);
    json_decref(metadata);
    SafetensorsFile *file = safetensors_open(path, &error);
    KernelRegression *read = kernel_regression_read(file, "mood", &error);
    ck_assert_msg(read != NULL, "%s", error.message);
    float here[OUTPUTS], there[OUTPUTS];
    kernel_regression_predict(regression, x, here);
    kernel_regression_predict(read, x, there);
    ck_assert_float_eq(here[0], there[0]);
    ck_assert_ptr_null(kernel_regression_read(file, "other", &error));
    assert_contains(error.message, "holds no regression 'other'");
    safetensors_close(file);
    kernel_regression_destroy(regression);
    kernel_regression_destroy(read);
}
END_TEST

START_TEST(what_is_not_finite_is_refused) {
    Error error;
    draw();
    x[7] = NAN;
    ck_assert_ptr_null(kernel_regression_fit(x, y, ROWS, INPUTS, OUTPUTS,
                                             (KernelRegressionSettings){1, 1}, &error));
    assert_contains(error.message, "not finite");
    ck_assert_ptr_null(
        kernel_regression_fit(x, y, 1, INPUTS, OUTPUTS, (KernelRegressionSettings){1, 1}, &error));
    assert_contains(error.message, "expected 2 …");
}
END_TEST

Suite *kernel_regression_suite(void) {
    Suite *suite = suite_create("kernel_regression");
    TCase *tcase = tcase_create("kernel_regression");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, a_smooth_function_is_found_between_its_rows);
    tcase_add_test(tcase, far_from_all_rows_stands_their_mean);
    tcase_add_test(tcase, a_file_brings_it_back);
    tcase_add_test(tcase, what_is_not_finite_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
