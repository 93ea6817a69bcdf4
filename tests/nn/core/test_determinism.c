/* Every operator gives the same bits for any number of threads, forwards and backwards, on every
 * instruction set. */
#include "nn/kernels/isa.h"
#include "tests/support/operator_cases.h"
#include "tests/support/probe.h"

#include <check.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_THREADS = 3 };

/* FNV-1a over the bits of a tensor's values. */
static uint64_t hash(uint64_t seed, const float *data, size_t count) {
    const unsigned char *bytes = (const unsigned char *)data;
    uint64_t h = seed ^ 14695981039346656037u;
    for (size_t i = 0; i < count * sizeof *data; i++)
        h = (h ^ bytes[i]) * 1099511628211u;
    return h;
}

/* The bits of all outputs and all gradients of a step. */
static uint64_t run(const OperatorCase *c, CaseData *data, Tape *tape, int threads) {
    Tensor *outputs[CASE_MAX_OUTPUTS];
    Error error;
    omp_set_num_threads(threads);
    int n = case_build(c, data, tape, outputs);
    uint64_t h = 0;
    ck_assert_msg(!tape_check(tape, &error), "%s, %s: %s", c->operator, c->what, error.message);
    for (int k = 0; k < n; k++)
        h = hash(h, outputs[k]->data, tensor_count(outputs[k]));
    ck_assert_msg(!tape_backward(tape, functional(tape, outputs, n), &error), "%s, %s: %s",
                  c->operator, c->what, error.message);
    for (int k = 0; k < case_inputs(c); k++)
        h = hash(h, data->tensor[k].gradient, tensor_count(&data->tensor[k]));
    return h;
}

static void check_on(Isa isa, const OperatorCase *c) {
    if (!probe_use_isa(isa))
        return;
    Tape *tape = tape_create();
    CaseData data;
    uint64_t expected = 0;
    for (int threads = 1; threads <= MAX_THREADS; threads++) {
        case_create(c, &data); /* anew: batch norm moves its running statistics */
        uint64_t got = run(c, &data, tape, threads);
        case_destroy(c, &data);
        if (threads == 1)
            expected = got;
        ck_assert_msg(got == expected, "%s, %s: other bits with %d threads (%s)", c->operator,
                      c->what, threads, isa_name(isa));
    }
    tape_destroy(tape);
}

START_TEST(bits_do_not_depend_on_the_number_of_threads) {
    check_on(_i / n_operator_cases, &operator_cases[_i % n_operator_cases]);
}
END_TEST

Suite *determinism_suite(void) {
    Suite *suite = suite_create("determinism");
    TCase *tests = tcase_create("threads");
    tcase_add_loop_test(tests, bits_do_not_depend_on_the_number_of_threads, 0,
                        ISA_KINDS * n_operator_cases);
    suite_add_tcase(suite, tests);
    return suite;
}
