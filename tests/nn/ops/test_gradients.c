/* The gradients of every row of the operator table against finite differences, on every instruction
 * set. */
#include "tests/support/operator_cases.h"
#include "tests/support/probe.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* Fourth-order central differences: at this step the truncation error of smooth functions of order
 * 1 and the rounding of a float32 forward pass are both below 1e-4. */
static const float STEP = 0x1p-5f;
static const double TOLERANCE = 5e-4;

enum { MAX_ELEMENTS = 4096 };

/* Which outputs are exactly 0: changes where a ReLU's kink is crossed. */
static uint64_t zeros(Tensor *const *outputs, int n_outputs) {
    uint64_t hash = 0;
    for (int k = 0; k < n_outputs; k++)
        for (size_t i = 0; i < tensor_count(outputs[k]); i++)
            hash = hash * 1099511628211u + (outputs[k]->data[i] == 0);
    return hash;
}

/* The functional with one element moved by `delta`; clears *smooth when that crossed a kink. */
static double moved(const OperatorCase *c, CaseData *data, Tape *tape, float *element, float delta,
                    uint64_t pattern, bool *smooth) {
    Tensor *outputs[CASE_MAX_OUTPUTS];
    float kept = *element;
    *element = kept + delta;
    int n = case_build(c, data, tape, outputs);
    double value = functional_value(outputs, n);
    *smooth &= zeros(outputs, n) == pattern;
    *element = kept;
    return value;
}

static void check_element(const OperatorCase *c, CaseData *data, Tape *tape, int input, size_t i,
                          double scale, uint64_t pattern, int *kinks) {
    float *element = &data->tensor[input].data[i];
    bool smooth = true;
    double near = moved(c, data, tape, element, STEP, pattern, &smooth) -
                  moved(c, data, tape, element, -STEP, pattern, &smooth);
    double far = moved(c, data, tape, element, 2 * STEP, pattern, &smooth) -
                 moved(c, data, tape, element, -2 * STEP, pattern, &smooth);
    double expected = (8 * near - far) / (12 * (double)STEP), got = data->tensor[input].gradient[i];
    if (!smooth) {
        ++*kinks;
        return;
    }
    ck_assert_msg(fabs(got - expected) <= TOLERANCE * scale,
                  "%s, %s: input %d element %zu: gradient %g, differences %g", c->operator, c->what,
                  input, i, got, expected);
}

static void check_case(const OperatorCase *c) {
    Tape *tape = tape_create();
    CaseData data;
    Tensor *outputs[CASE_MAX_OUTPUTS];
    Error error;
    case_create(c, &data);
    int n = case_build(c, &data, tape, outputs);
    ck_assert_msg(!tape_check(tape, &error), "%s, %s: %s", c->operator, c->what, error.message);
    Tensor *loss = functional(tape, outputs, n);
    uint64_t pattern = zeros(outputs, n);
    ck_assert_msg(!tape_backward(tape, loss, &error), "%s, %s: %s", c->operator, c->what,
                  error.message);
    int checked = 0, kinks = 0;
    for (int k = 0; k < case_inputs(c); k++) {
        const Tensor *tensor = &data.tensor[k];
        double scale = 1;
        for (size_t i = 0; tensor->needs_gradient && i < tensor_count(tensor); i++, checked++)
            scale = fmax(scale, fabs((double)tensor->gradient[i]));
        for (size_t i = 0; tensor->needs_gradient && i < tensor_count(tensor); i++)
            check_element(c, &data, tape, k, i, scale, pattern, &kinks);
    }
    ck_assert_int_lt(checked, MAX_ELEMENTS);
    ck_assert_msg(kinks * 3 <= checked, "%s, %s: %d of %d elements lie at a kink", c->operator,
                  c->what, kinks, checked);
    case_destroy(c, &data);
    tape_destroy(tape);
}

START_TEST(gradients_match_finite_differences) {
    const OperatorCase *c = &operator_cases[_i % n_operator_cases];
    omp_set_num_threads(1); /* thousands of tiny steps: threads would only wait for each other */
    if (!c->large && probe_use_isa(_i / n_operator_cases))
        check_case(c);
}
END_TEST

START_TEST(every_operator_of_the_table_has_several_cases) {
    for (const Operator *const *row = operators; *row; row++) {
        int cases = 0;
        for (int i = 0; i < n_operator_cases; i++)
            cases += !operator_cases[i].large && !strcmp(operator_cases[i].operator,(*row)->name);
        ck_assert_msg(cases >= 3, "operator %s has %d gradient cases, expected at least 3",
                      (*row)->name, cases);
    }
}
END_TEST

START_TEST(every_case_runs_the_operator_that_it_names) {
    for (int i = 0; i < n_operator_cases; i++) {
        const OperatorCase *c = &operator_cases[i];
        bool found = false;
        for (const Operator *const *row = operators; *row; row++)
            found |= !strcmp((*row)->name, c->operator);
        ck_assert_msg(found, "%s (%s) is not in the table", c->operator, c->what);
    }
}
END_TEST

Suite *gradients_suite(void) {
    Suite *suite = suite_create("gradients");
    TCase *tests = tcase_create("operators");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, gradients_match_finite_differences, 0, ISA_KINDS * n_operator_cases);
    tcase_add_test(tests, every_operator_of_the_table_has_several_cases);
    tcase_add_test(tests, every_case_runs_the_operator_that_it_names);
    suite_add_tcase(suite, tests);
    return suite;
}
