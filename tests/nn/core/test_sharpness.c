/* Sharpness-aware minimisation on a function whose gradients are known. */
#include "nn/core/optimizer.h"
#include "nn/core/sharpness.h"

#include <check.h>
#include <math.h>

typedef struct Fixture {
    Parameters *parameters;
    Tensor *weight, *bias, *buffer;
    Sharpness *sharpness;
} Fixture;

static Error error;

static Fixture create(float radius) {
    Fixture f = {.parameters = parameters_create()};
    f.weight = parameters_add(f.parameters, "layer", "weight", shape(2), PARAMETER_WEIGHT);
    f.buffer = parameters_add(f.parameters, "norm", "running_mean", shape(1), PARAMETER_BUFFER);
    f.bias = parameters_add(f.parameters, "layer", "bias", shape(1), PARAMETER_BIAS);
    ck_assert_int_eq(parameters_enable_gradients(f.parameters, &error), 0);
    f.weight->data[0] = 0.1f;
    f.weight->data[1] = -2;
    f.bias->data[0] = 3;
    f.buffer->data[0] = 5;
    f.sharpness = sharpness_create(f.parameters, radius, &error);
    ck_assert_ptr_nonnull(f.sharpness);
    return f;
}

static void destroy(Fixture *f) {
    sharpness_destroy(f->sharpness);
    parameters_destroy(f->parameters);
}

/* Of 2 w0² + w1² / 2 + 3 b². */
static void set_gradients(const Fixture *f) {
    f->weight->gradient[0] = 4 * f->weight->data[0];
    f->weight->gradient[1] = f->weight->data[1];
    f->bias->gradient[0] = 6 * f->bias->data[0];
    f->weight->gradient_is_set = f->bias->gradient_is_set = true;
}

START_TEST(the_climb_is_the_radius_along_the_common_gradient) {
    Fixture f = create(0.25f);
    const double w[3] = {0.1, -2, 3}, g[3] = {0.4, -2, 18};
    double norm = sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
    set_gradients(&f);
    sharpness_climb(f.sharpness, gradients_norm(f.parameters));
    const float *moved[3] = {&f.weight->data[0], &f.weight->data[1], &f.bias->data[0]};
    double distance = 0;
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(*moved[i], w[i] + 0.25 * g[i] / norm, 1e-6);
        distance += (*moved[i] - w[i]) * (*moved[i] - w[i]);
    }
    ck_assert_double_eq_tol(sqrt(distance), 0.25, 1e-6);
    ck_assert_float_eq(f.buffer->data[0], 5);
    set_gradients(&f); /* the gradient up there is what a step would be taken by */
    ck_assert_double_eq_tol(f.bias->gradient[0], 6 * (3 + 0.25 * 18 / norm), 1e-5);
    destroy(&f);
}
END_TEST

START_TEST(the_return_is_to_the_bit) {
    Fixture f = create(0.1f);
    set_gradients(&f);
    sharpness_climb(f.sharpness, gradients_norm(f.parameters));
    ck_assert_float_ne(f.weight->data[0], 0.1f);
    sharpness_return(f.sharpness);
    ck_assert_float_eq(f.weight->data[0], 0.1f);
    ck_assert_float_eq(f.weight->data[1], -2);
    ck_assert_float_eq(f.bias->data[0], 3);
    ck_assert_float_eq(f.buffer->data[0], 5);
    destroy(&f);
}
END_TEST

START_TEST(where_no_gradient_leads_up_nothing_moves) {
    Fixture f = create(0.1f);
    set_gradients(&f);
    f.weight->gradient_is_set = false; /* backward did not reach it */
    sharpness_climb(f.sharpness, gradients_norm(f.parameters));
    ck_assert_float_eq(f.weight->data[0], 0.1f);
    ck_assert_float_eq_tol(f.bias->data[0], 3.1f, 1e-6f);
    sharpness_return(f.sharpness);
    f.bias->gradient[0] = 0;
    sharpness_climb(f.sharpness, gradients_norm(f.parameters));
    ck_assert_float_eq(f.bias->data[0], 3);
    destroy(&f);
}
END_TEST

Suite *sharpness_suite(void) {
    Suite *suite = suite_create("sharpness");
    TCase *tcase = tcase_create("sharpness");
    tcase_add_test(tcase, the_climb_is_the_radius_along_the_common_gradient);
    tcase_add_test(tcase, the_return_is_to_the_bit);
    tcase_add_test(tcase, where_no_gradient_leads_up_nothing_moves);
    suite_add_tcase(suite, tcase);
    return suite;
}
