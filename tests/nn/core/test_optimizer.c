/* Optimizers against their formulas worked by hand, gradients' norm, and averages. */
#include "nn/core/optimizer.h"
#include "tests/support/text.h"

#include <math.h>

typedef struct Fixture {
    Parameters *parameters;
    Tensor *weight, *bias, *buffer;
} Fixture;

static Fixture create(void) {
    Fixture f = {.parameters = parameters_create()};
    f.weight = parameters_add(f.parameters, "layer", "weight", shape(2), PARAMETER_WEIGHT);
    f.buffer = parameters_add(f.parameters, "norm", "running_mean", shape(1), PARAMETER_BUFFER);
    f.bias = parameters_add(f.parameters, "layer", "bias", shape(1), PARAMETER_BIAS);
    Error error;
    ck_assert(!parameters_enable_gradients(f.parameters, &error));
    f.weight->data[0] = 1;
    f.weight->data[1] = -2;
    f.bias->data[0] = 3;
    f.buffer->data[0] = 5;
    return f;
}

static void set_gradients(Fixture *f, float g0, float g1, float gb) {
    f->weight->gradient[0] = g0;
    f->weight->gradient[1] = g1;
    f->bias->gradient[0] = gb;
    f->weight->gradient_is_set = f->bias->gradient_is_set = true;
}

static Optimizer *optimizer(Fixture *f, OptimizerSettings s) {
    Error error;
    Optimizer *created = optimizer_create(f->parameters, s, &error);
    ck_assert_ptr_nonnull(created);
    return created;
}

START_TEST(sgd_with_nesterov_momentum_follows_its_formula) {
    Fixture f = create();
    Optimizer *sgd = optimizer(
        &f, (OptimizerSettings){.kind = OPTIMIZER_SGD, .momentum = 0.9f, .weight_decay = 0.1f});
    double w = 1, v = 0, b = 3, vb = 0;
    for (int step = 0; step < 3; step++) {
        set_gradients(&f, 0.5f, 0, -1);
        optimizer_step(sgd, 0.1f);
        double g = 0.5 + 0.1 * w;
        v = 0.9 * v + g;
        w -= 0.1 * (g + 0.9 * v);
        vb = 0.9 * vb - 1; /* no decay on a bias */
        b -= 0.1 * (-1 + 0.9 * vb);
        ck_assert_double_eq_tol(f.weight->data[0], w, 1e-6);
        ck_assert_double_eq_tol(f.bias->data[0], b, 1e-6);
    }
    ck_assert_float_eq(f.buffer->data[0], 5);
    optimizer_destroy(sgd);
    parameters_destroy(f.parameters);
}
END_TEST

/* _i: 0 for Adam, 1 for AdamW. */
START_TEST(adam_follows_its_formula) {
    Fixture f = create();
    OptimizerKind kind = _i ? OPTIMIZER_ADAMW : OPTIMIZER_ADAM;
    Optimizer *adam = optimizer(
        &f,
        (OptimizerSettings){
            .kind = kind, .beta1 = 0.9f, .beta2 = 0.99f, .epsilon = 1e-8f, .weight_decay = 0.1f});
    double w = -2, m = 0, v = 0;
    for (int step = 1; step <= 4; step++) {
        set_gradients(&f, 0, 0.25f * (float)step, 1);
        optimizer_step(adam, 0.01f);
        double g = 0.25 * step + (_i ? 0 : 0.1 * w);
        m = 0.9 * m + 0.1 * g;
        v = 0.99 * v + 0.01 * g * g;
        double update = m / (1 - pow(0.9, step)) / (sqrt(v / (1 - pow(0.99, step))) + 1e-8);
        w -= 0.01 * (update + (_i ? 0.1 * w : 0));
        ck_assert_double_eq_tol(f.weight->data[1], w, 1e-6);
    }
    optimizer_destroy(adam);
    parameters_destroy(f.parameters);
}
END_TEST

/* As SGD with a step that is a share of the weights' length; on a bias as SGD. */
START_TEST(lars_follows_its_formula) {
    Fixture f = create();
    Optimizer *lars = optimizer(
        &f, (OptimizerSettings){.kind = OPTIMIZER_LARS, .momentum = 0.9f, .weight_decay = 0.1f});
    double w[2] = {1, -2}, v[2] = {0}, b = 3, vb = 0;
    for (int step = 0; step < 3; step++) {
        double g[2] = {0.5 + step, -0.25};
        set_gradients(&f, (float)g[0], (float)g[1], -1);
        optimizer_step(lars, 0.1f);
        double norm = hypot(w[0], w[1]), trust = 0.001 * norm / (hypot(g[0], g[1]) + 0.1 * norm);
        for (int i = 0; i < 2; i++) {
            double slope = trust * (g[i] + 0.1 * w[i]);
            v[i] = 0.9 * v[i] + slope;
            w[i] -= 0.1 * (slope + 0.9 * v[i]);
            ck_assert_double_eq_tol(f.weight->data[i], w[i], 1e-6);
        }
        vb = 0.9 * vb - 1;
        b -= 0.1 * (-1 + 0.9 * vb);
        ck_assert_double_eq_tol(f.bias->data[0], b, 1e-6);
    }
    optimizer_destroy(lars);
    parameters_destroy(f.parameters);
}
END_TEST

/* As AdamW with a step as long as the weights; on a bias as Adam. */
START_TEST(lamb_follows_its_formula) {
    Fixture f = create();
    Optimizer *lamb = optimizer(&f, (OptimizerSettings){.kind = OPTIMIZER_LAMB,
                                                        .beta1 = 0.9f,
                                                        .beta2 = 0.99f,
                                                        .epsilon = 1e-8f,
                                                        .weight_decay = 0.1f});
    double w[3] = {1, -2, 3}, m[3] = {0}, v[3] = {0}, s[3];
    for (int step = 1; step <= 4; step++) {
        double g[3] = {0.5, 0.25 * step, -1};
        set_gradients(&f, (float)g[0], (float)g[1], (float)g[2]);
        optimizer_step(lamb, 0.01f);
        for (int i = 0; i < 3; i++) {
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            v[i] = 0.99 * v[i] + 0.01 * g[i] * g[i];
            s[i] = m[i] / (1 - pow(0.9, step)) / (sqrt(v[i] / (1 - pow(0.99, step))) + 1e-8);
        }
        s[0] += 0.1 * w[0];
        s[1] += 0.1 * w[1];
        double scale = hypot(w[0], w[1]) / hypot(s[0], s[1]);
        for (int i = 0; i < 3; i++)
            w[i] -= 0.01 * (i < 2 ? scale : 1) * s[i];
        ck_assert_double_eq_tol(f.weight->data[0], w[0], 1e-6);
        ck_assert_double_eq_tol(f.weight->data[1], w[1], 1e-6);
        ck_assert_double_eq_tol(f.bias->data[0], w[2], 1e-6);
    }
    optimizer_destroy(lamb);
    parameters_destroy(f.parameters);
}
END_TEST

START_TEST(what_backward_did_not_reach_stays) {
    Fixture f = create();
    Optimizer *sgd =
        optimizer(&f, (OptimizerSettings){.kind = OPTIMIZER_SGD, .weight_decay = 0.1f});
    set_gradients(&f, 1, 1, 1);
    f.weight->gradient_is_set = false;
    optimizer_step(sgd, 0.1f);
    ck_assert_float_eq(f.weight->data[0], 1);
    ck_assert_float_eq_tol(f.bias->data[0], 2.9f, 1e-6f);
    f.weight->gradient_is_set = true; /* and no backward reaches the bias this time */
    optimizer_step(sgd, 0.1f);
    ck_assert_float_lt(f.weight->data[0], 1);
    ck_assert_float_eq_tol(f.bias->data[0], 2.9f, 1e-6f);
    optimizer_destroy(sgd);
    parameters_destroy(f.parameters);
}
END_TEST

START_TEST(gradients_are_clipped_to_their_common_norm) {
    Fixture f = create();
    set_gradients(&f, 3, 0, 4);
    ck_assert_double_eq_tol(gradients_norm(f.parameters), 5, 1e-9);
    gradients_clip(f.parameters, 5, 10);
    ck_assert_float_eq(f.weight->gradient[0], 3);
    gradients_clip(f.parameters, 5, 1);
    ck_assert_float_eq_tol(f.weight->gradient[0], 0.6f, 1e-6f);
    ck_assert_float_eq_tol(f.bias->gradient[0], 0.8f, 1e-6f);
    f.bias->gradient[0] = INFINITY;
    ck_assert_str_eq(gradients_first_not_finite(f.parameters)->name, "layer.bias");
    parameters_destroy(f.parameters);
}
END_TEST

START_TEST(an_average_follows_slowly_and_swaps_both_ways) {
    Fixture f = create();
    Error error;
    Average *average = average_create(f.parameters, 0.5f, &error);
    f.weight->data[0] = 3;
    f.buffer->data[0] = 7;
    average_update(average); /* the first update keeps 1/10 of the start */
    average_swap(average);
    ck_assert_float_eq_tol(f.weight->data[0], 0.1f * 1 + 0.9f * 3, 1e-6f);
    ck_assert_float_eq_tol(f.buffer->data[0], 0.1f * 5 + 0.9f * 7, 1e-6f);
    average_swap(average);
    ck_assert_float_eq(f.weight->data[0], 3);
    for (int i = 0; i < 100; i++)
        average_update(average);
    average_swap(average);
    ck_assert_float_eq_tol(f.weight->data[0], 3, 1e-5f);
    average_destroy(average);
    parameters_destroy(f.parameters);
}
END_TEST

Suite *optimizer_suite(void) {
    Suite *suite = suite_create("optimizer");
    TCase *tcase = tcase_create("optimizer");
    tcase_add_test(tcase, sgd_with_nesterov_momentum_follows_its_formula);
    tcase_add_loop_test(tcase, adam_follows_its_formula, 0, 2);
    tcase_add_test(tcase, lars_follows_its_formula);
    tcase_add_test(tcase, lamb_follows_its_formula);
    tcase_add_test(tcase, what_backward_did_not_reach_stays);
    tcase_add_test(tcase, gradients_are_clipped_to_their_common_norm);
    tcase_add_test(tcase, an_average_follows_slowly_and_swaps_both_ways);
    suite_add_tcase(suite, tcase);
    return suite;
}
